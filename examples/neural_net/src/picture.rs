//! The losses of the epochs as a picture.

use plotters::prelude::*;

const SIZE: (u32, u32) = (720, 400);
const COLOURS: [RGBColor; 4] =
    [RGBColor(201, 92, 46), RGBColor(46, 125, 160), RGBColor(70, 140, 70), RGBColor(130, 90, 160)];
const GREY: RGBColor = RGBColor(110, 110, 110);

/// The name of a training, and its loss in every epoch.
pub type Curve = (String, Vec<f64>);

/// An SVG file: the loss of every epoch, a line for each training.
pub fn draw(title: &str, curves: &[Curve]) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        // Drawing into a string cannot fail.
        let drawn = draw_on(&area, title, curves).and_then(|()| area.present());
        drawn.unwrap_or_else(|error| unreachable!("{error}"));
    }
    svg
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

fn draw_on<'a>(area: &Area<'a>, title: &str, curves: &[Curve]) -> Drawn<'a> {
    area.fill(&WHITE)?;
    let epochs = curves.iter().map(|(_, losses)| losses.len()).max().unwrap_or(0);
    let most = curves.iter().flat_map(|(_, losses)| losses).copied().fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 18))
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(1..epochs.max(2), 0.0..(1.05 * most).max(1e-9))?;
    chart
        .configure_mesh()
        .x_desc("epoch")
        .y_desc("mean absolute error")
        .light_line_style(WHITE)
        .y_label_formatter(&|y| format!("{y:.2}"))
        .draw()?;
    for ((name, losses), colour) in curves.iter().zip(COLOURS.into_iter().cycle()) {
        let line = losses.iter().enumerate().map(|(i, loss)| (i + 1, *loss));
        chart
            .draw_series(LineSeries::new(line, colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerLeft)
        .border_style(GREY)
        .background_style(WHITE)
        .draw()
}
