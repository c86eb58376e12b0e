//! The figures as a picture.

use plotters::prelude::*;

use super::forecast::{Costs, ROWS};
use super::measure::Measured;

const SIZE: (u32, u32) = (960, 640);
const BLUE: RGBColor = RGBColor(46, 125, 160);
const ORANGE: RGBColor = RGBColor(201, 92, 46);
const GREEN: RGBColor = RGBColor(84, 138, 72);
const GREY: RGBColor = RGBColor(110, 110, 110);

/// Up to which number of nodes the forecast is drawn, in powers of two.
const NODES: u32 = 12;

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

struct Curve {
    name: String,
    colour: RGBColor,
    points: Vec<(f64, f64)>,
}

struct Panel {
    x_name: &'static str,
    caption: &'static str,
    /// How a height is written at the axis.
    label: fn(&f64) -> String,
    bottom: f64,
    curves: Vec<Curve>,
}

/// Seconds by partitions, bytes by partitions, seconds by slots; and what they come to on more nodes.
pub fn draw(by_partitions: &[Measured], by_slots: &[Measured], costs: &Costs) -> String {
    let panels = [
        measured("partitions", "seconds, two slots", {
            let of = |value: fn(&Measured) -> f64| by_partitions.iter().map(move |x| (x.case.partitions, value(x)));
            vec![curve("cluster", BLUE, of(|x| x.seconds)), curve("one process", ORANGE, of(|x| x.in_process_seconds))]
        }),
        measured("partitions", "MB shuffled", {
            let of = |value: fn(&Measured) -> f64| by_partitions.iter().map(move |x| (x.case.partitions, value(x)));
            vec![
                curve("all", BLUE, of(|x| x.shuffled_bytes as f64 / 1e6)),
                curve("each", ORANGE, of(|x| x.shuffled_each() / 1e6)),
            ]
        }),
        measured("slots", "seconds, 16 partitions", {
            vec![curve("cluster", BLUE, by_slots.iter().map(|x| (x.case.slots, x.seconds)))]
        }),
        forecast(costs),
    ];
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        // Drawing into a string cannot fail.
        let drawn = draw_on(&area, &panels).and_then(|()| area.present());
        drawn.unwrap_or_else(|error| unreachable!("{error}"));
    }
    // Markdown takes a blank line for the end of the picture.
    svg.lines().filter(|line| !line.trim().is_empty()).fold(String::new(), |text, line| text + line + "\n")
}

fn curve(name: &str, colour: RGBColor, points: impl Iterator<Item = (usize, f64)>) -> Curve {
    Curve { name: name.to_owned(), colour, points: points.map(|(x, y)| (x as f64, y)).collect() }
}

fn measured(x_name: &'static str, caption: &'static str, curves: Vec<Curve>) -> Panel {
    Panel { x_name, caption, label: |y| format!("{y}"), bottom: 0.0, curves }
}

/// Heights are logarithms.
fn forecast(costs: &Costs) -> Panel {
    let curves = ROWS.into_iter().zip([GREEN, BLUE, ORANGE]).map(|(rows, colour)| {
        let nodes = (0..=NODES).map(|power| f64::from(1 << power));
        let points = nodes.map(|nodes| (nodes, costs.seconds(rows, nodes).log10())).collect();
        Curve { name: format!("{rows:.0e} rows"), colour, points }
    });
    let label = |y: &f64| format!("{:.0}", 10f64.powf(*y));
    Panel { x_name: "nodes", caption: "seconds, reckoned", label, bottom: 1.0, curves: curves.collect() }
}

fn draw_on<'a>(area: &Area<'a>, panels: &[Panel]) -> Drawn<'a> {
    area.fill(&WHITE)?;
    for (area, Panel { x_name, caption, label, bottom, curves }) in area.split_evenly((2, 2)).iter().zip(panels) {
        let points = || curves.iter().flat_map(|curve| &curve.points);
        let xs = || points().map(|(x, _)| *x);
        let (least, most) = (xs().fold(f64::MAX, f64::min), xs().fold(0.0, f64::max));
        let top = points().map(|(_, y)| *y).fold(0.0, f64::max) * 1.25;
        let mut chart = ChartBuilder::on(area)
            .caption(caption, ("sans-serif", 15))
            .margin(10)
            .x_label_area_size(36)
            .y_label_area_size(48)
            .build_cartesian_2d((least..most).log_scale().base(2.0), *bottom..top)?;
        let mut mesh = chart.configure_mesh();
        let mesh = mesh.x_desc(*x_name).light_line_style(WHITE).bold_line_style(GREY.mix(0.3));
        mesh.x_label_formatter(&|x| format!("{x}")).y_label_formatter(label).draw()?;
        for Curve { name, colour, points } in curves {
            let colour = *colour;
            chart
                .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(3))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
        }
        let mut labels = chart.configure_series_labels();
        labels.position(SeriesLabelPosition::UpperLeft).border_style(GREY).background_style(WHITE).draw()?;
    }
    Ok(())
}
