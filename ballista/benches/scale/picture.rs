//! The figures as a picture.

use plotters::prelude::*;

use super::measure::Measured;

const SIZE: (u32, u32) = (960, 320);
const BLUE: RGBColor = RGBColor(46, 125, 160);
const ORANGE: RGBColor = RGBColor(201, 92, 46);
const GREY: RGBColor = RGBColor(110, 110, 110);

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;
type Curve<'a> = (&'a str, RGBColor, Vec<(f64, f64)>);

/// Seconds by partitions, bytes by partitions, seconds by slots.
pub fn draw(by_partitions: &[Measured], by_slots: &[Measured]) -> String {
    let partitions = |of: fn(&Measured) -> f64| by_partitions.iter().map(move |x| (x.case.partitions as f64, of(x)));
    let slots = |of: fn(&Measured) -> f64| by_slots.iter().map(move |x| (x.case.slots as f64, of(x)));
    let panels: [(&str, &str, Vec<Curve>); 3] = [
        (
            "partitions",
            "seconds, two slots",
            vec![
                ("cluster", BLUE, partitions(|x| x.seconds).collect()),
                ("one process", ORANGE, partitions(|x| x.in_process_seconds).collect()),
            ],
        ),
        (
            "partitions",
            "MB shuffled",
            vec![
                ("all", BLUE, partitions(|x| x.shuffled_bytes as f64 / 1e6).collect()),
                ("each", ORANGE, partitions(|x| x.shuffled_each() / 1e6).collect()),
            ],
        ),
        ("slots", "seconds, 16 partitions", vec![("cluster", BLUE, slots(|x| x.seconds).collect())]),
    ];
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        // Drawing into a string cannot fail.
        let drawn = draw_on(&area, panels).and_then(|()| area.present());
        drawn.unwrap_or_else(|error| unreachable!("{error}"));
    }
    // Markdown takes a blank line for the end of the picture.
    svg.lines().filter(|line| !line.trim().is_empty()).fold(String::new(), |text, line| text + line + "\n")
}

fn draw_on<'a>(area: &Area<'a>, panels: [(&str, &str, Vec<Curve>); 3]) -> Drawn<'a> {
    area.fill(&WHITE)?;
    for (area, (x_name, caption, curves)) in area.split_evenly((1, 3)).iter().zip(panels) {
        let points = || curves.iter().flat_map(|(_, _, points)| points);
        let xs = || points().map(|(x, _)| *x);
        let (least, most) = (xs().fold(f64::MAX, f64::min), xs().fold(0.0, f64::max));
        let top = points().map(|(_, y)| *y).fold(0.0, f64::max) * 1.25;
        let mut chart = ChartBuilder::on(area)
            .caption(caption, ("sans-serif", 15))
            .margin(10)
            .x_label_area_size(36)
            .y_label_area_size(48)
            .build_cartesian_2d((least..most).log_scale().base(2.0), 0.0..top)?;
        let mut mesh = chart.configure_mesh();
        let mesh = mesh.x_desc(x_name).light_line_style(WHITE).bold_line_style(GREY.mix(0.3));
        mesh.x_label_formatter(&|x| format!("{x}")).draw()?;
        for (name, colour, points) in curves {
            chart
                .draw_series(LineSeries::new(points, colour.stroke_width(2)).point_size(3))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
        }
        let mut labels = chart.configure_series_labels();
        labels.position(SeriesLabelPosition::UpperLeft).border_style(GREY).background_style(WHITE).draw()?;
    }
    Ok(())
}
