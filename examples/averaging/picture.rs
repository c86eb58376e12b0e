//! The curves as a picture.

use plotters::prelude::*;

use super::Outcome;
use super::problems::Point;

const SIZE: (u32, u32) = (960, 400);
const COLOURS: [RGBColor; 3] = [RGBColor(201, 92, 46), RGBColor(46, 125, 160), RGBColor(70, 140, 70)];
const GREY: RGBColor = RGBColor(110, 110, 110);

/// An SVG file: the distance of the objective from the optimum, and the F1, by round.
pub fn draw(title: &str, outcome: &Outcome) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        // Drawing into a string cannot fail.
        let drawn = draw_on(&area, title, outcome).and_then(|()| area.present());
        drawn.unwrap_or_else(|error| unreachable!("{error}"));
    }
    svg
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

fn draw_on<'a>(area: &Area<'a>, title: &str, outcome: &Outcome) -> Drawn<'a> {
    area.fill(&WHITE)?;
    let area = area.titled(title, ("sans-serif", 20))?;
    let (left, right) = area.split_horizontally(SIZE.0 / 2);
    // On a logarithmic scale there is no zero: what is nearer than this counts as there.
    let optimum = outcome.full.objective();
    let apart = |point: &Point| (point.objective() / optimum - 1.0).max(1e-7);
    let points = || outcome.curves.iter().flat_map(|(_, points)| points);
    let rounds = points().count() / outcome.curves.len().max(1);
    let most = points().map(apart).fold(1e-6, f64::max) * 2.0;

    let mut chart = ChartBuilder::on(&left)
        .caption("objective above the optimum, relative", ("sans-serif", 15))
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(62)
        .build_cartesian_2d(1..rounds.max(2), (1e-7..most).log_scale())?;
    chart.configure_mesh().x_desc("round").light_line_style(WHITE).y_label_formatter(&|y| format!("{y:.0e}")).draw()?;
    for ((name, points), colour) in outcome.curves.iter().zip(COLOURS) {
        let line = points.iter().enumerate().map(|(i, point)| (i + 1, apart(point)));
        chart
            .draw_series(LineSeries::new(line, colour.stroke_width(2)).point_size(3))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    chart.configure_series_labels().border_style(GREY).background_style(WHITE).draw()?;

    let scores = || points().chain([&outcome.full]).map(Point::f1);
    let (least, best) = (scores().fold(1.0, f64::min), scores().fold(0.0, f64::max));
    let slack = (0.1 * (best - least)).max(0.002);
    let mut chart = ChartBuilder::on(&right)
        .caption("F1 on the test rows", ("sans-serif", 15))
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(50)
        .build_cartesian_2d(1..rounds.max(2), least - slack..best + slack)?;
    chart.configure_mesh().x_desc("round").light_line_style(WHITE).y_label_formatter(&|y| format!("{y:.3}")).draw()?;
    let full = outcome.full.f1();
    chart
        .draw_series(LineSeries::new([(1, full), (rounds.max(2), full)], GREY.stroke_width(1)))?
        .label("fit of all rows")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 16, y)], GREY));
    for ((_, points), colour) in outcome.curves.iter().zip(COLOURS) {
        let line = points.iter().enumerate().map(|(i, point)| (i + 1, point.f1()));
        chart.draw_series(LineSeries::new(line, colour.stroke_width(2)).point_size(3))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .border_style(GREY)
        .background_style(WHITE)
        .draw()
}
