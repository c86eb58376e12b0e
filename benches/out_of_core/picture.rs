//! The curves as pictures.

use plotters::prelude::*;

use super::measure::Measured;

const SIZE: (u32, u32) = (960, 340);
const BLUE: RGBColor = RGBColor(46, 125, 160);
const ORANGE: RGBColor = RGBColor(201, 92, 46);
const GREY: RGBColor = RGBColor(110, 110, 110);

type Curve<'a> = (&'a str, RGBColor, Vec<(f64, f64)>);
type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// Throughput and peak memory by the size of chunks.
pub fn by_chunk_size(points: &[(f64, Measured)]) -> String {
    let curve = |of: fn(&Measured) -> f64| points.iter().map(|(mib, found)| (*mib, of(found))).collect();
    draw(
        "chunk size, MiB",
        ["MB/s, one pass", "peak memory of the process, MB"],
        [vec![("", BLUE, curve(|found| found.mb_per_s))], vec![("", BLUE, curve(|found| found.peak_rss_mb))]],
    )
}

/// Time and peak memory of three epochs by the memory limit, with a cache and without.
pub fn by_memory_limit(without: &[(f64, Measured)], with: &[(f64, Measured)]) -> String {
    let curves = |of: fn(&Measured) -> f64| {
        let curve = |points: &[(f64, Measured)]| points.iter().map(|(mib, found)| (*mib, of(found))).collect();
        vec![("read again", ORANGE, curve(without)), ("with a chunk cache", BLUE, curve(with))]
    };
    draw(
        "memory limit, MiB",
        ["seconds, three epochs", "peak memory of the process, MB"],
        [curves(|found| found.seconds), curves(|found| found.peak_rss_mb)],
    )
}

fn draw(x_name: &str, captions: [&str; 2], curves: [Vec<Curve>; 2]) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        // Drawing into a string cannot fail.
        let drawn = draw_on(&area, x_name, captions, curves).and_then(|()| area.present());
        drawn.unwrap_or_else(|error| unreachable!("{error}"));
    }
    // Markdown takes a blank line for the end of the picture.
    svg.lines().filter(|line| !line.trim().is_empty()).fold(String::new(), |text, line| text + line + "\n")
}

fn draw_on<'a>(area: &Area<'a>, x_name: &str, captions: [&str; 2], curves: [Vec<Curve>; 2]) -> Drawn<'a> {
    area.fill(&WHITE)?;
    let (left, right) = area.split_horizontally(SIZE.0 / 2);
    // Where the curves are not: time falls with memory, and memory grows.
    let corners = [SeriesLabelPosition::LowerLeft, SeriesLabelPosition::UpperLeft];
    for (((area, caption), corner), curves) in [left, right].iter().zip(captions).zip(corners).zip(curves) {
        let points = || curves.iter().flat_map(|(_, _, points)| points);
        let xs = || points().map(|(x, _)| *x);
        let (least, most) = (xs().fold(f64::MAX, f64::min), xs().fold(0.0, f64::max));
        let top = points().map(|(_, y)| *y).fold(0.0, f64::max) * 1.15;
        let mut chart = ChartBuilder::on(area)
            .caption(caption, ("sans-serif", 15))
            .margin(10)
            .x_label_area_size(36)
            .y_label_area_size(52)
            .build_cartesian_2d((least..most).log_scale().base(2.0), 0.0..top)?;
        let mut mesh = chart.configure_mesh();
        let mesh = mesh.x_desc(x_name).light_line_style(WHITE).bold_line_style(GREY.mix(0.3));
        mesh.x_label_formatter(&|x| format!("{x}")).y_label_formatter(&|y| format!("{y}")).draw()?;
        let named = curves.iter().any(|(name, ..)| !name.is_empty());
        for (name, colour, points) in curves {
            chart
                .draw_series(LineSeries::new(points, colour.stroke_width(2)).point_size(3))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
        }
        if named {
            let mut labels = chart.configure_series_labels();
            labels.position(corner).border_style(GREY).background_style(WHITE).draw()?;
        }
    }
    Ok(())
}
