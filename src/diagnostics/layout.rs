//! Layered layout of a small graph: places of boxes and arrows, from top to bottom.
//!
//! The method of Sugiyama, Tagawa and Toda (1981), in its simplest form: cycles are broken, boxes
//! go below what they are made from, the order within a layer follows the neighbours' mean, and so
//! does the place, as near as the boxes' widths allow.

/// Space between boxes of a layer.
const GAP: f64 = 24.0;
/// Space between layers, for the arrows.
const LAYER_GAP: f64 = 46.0;
/// What an arrow takes where it passes a layer.
const LANE: f64 = 10.0;
const MARGIN: f64 = 8.0;
const SWEEPS: usize = 12;

/// A box: its left upper corner and its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LayoutBox {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) boxes: Vec<LayoutBox>,
    /// For each edge the points that it goes through, from its first box's rim to its second's;
    /// none for an edge from a box to itself.
    pub(super) routes: Vec<Vec<(f64, f64)>>,
}

/// A box, or the place where a long edge passes a layer.
struct Spot {
    layer: usize,
    width: f64,
    height: f64,
    /// Its middle.
    x: f64,
    above: Vec<usize>,
    below: Vec<usize>,
}

/// Lays out boxes of these sizes (width, height).
pub(super) fn layered(sizes: &[(f64, f64)], edges: &[(usize, usize)]) -> Layout {
    let down = downward(sizes.len(), edges);
    let layers = layers(sizes.len(), &down);
    let spot = |(&(width, height), &layer): (&(f64, f64), &usize)| Spot {
        layer,
        width,
        height,
        x: 0.0,
        above: Vec::new(),
        below: Vec::new(),
    };
    let mut spots: Vec<Spot> = sizes.iter().zip(&layers).map(spot).collect();
    let paths: Vec<Vec<usize>> = down.iter().map(|&(from, to)| thread_through(&mut spots, from, to)).collect();
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); layers.iter().max().map_or(0, |last| last + 1)];
    for (id, spot) in spots.iter().enumerate() {
        rows[spot.layer].push(id);
    }
    order(&mut rows, &mut spots);
    place(&rows, &mut spots);
    draw(&spots, &rows, sizes.len(), edges, &paths)
}

/// The edges, all pointing down: those that would close a circle are turned round, and those from
/// a box to itself have equal ends.
fn downward(n: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    const OPEN: u8 = 1;
    const DONE: u8 = 2;
    let mut state = vec![0u8; n];
    let mut back = vec![false; edges.len()];
    for start in 0..n {
        // Each box on the stack with its edges that are yet to be followed.
        let leaving = |id: usize| edges.iter().enumerate().filter(move |(_, edge)| edge.0 == id);
        if state[start] != 0 {
            continue;
        }
        state[start] = OPEN;
        let mut stack = vec![(start, leaving(start))];
        while let Some((id, rest)) = stack.last_mut() {
            match rest.next() {
                Some((edge, &(_, to))) if state[to] == OPEN => back[edge] = true,
                Some((_, &(_, to))) if state[to] == 0 => {
                    state[to] = OPEN;
                    stack.push((to, leaving(to)));
                }
                Some(_) => {}
                None => {
                    state[*id] = DONE;
                    stack.pop();
                }
            }
        }
    }
    edges.iter().zip(back).map(|(&(from, to), back)| if back { (to, from) } else { (from, to) }).collect()
}

/// The layer of each box: one below the lowest of what it is made from. What is made from nothing
/// stands right above its first user.
fn layers(n: usize, down: &[(usize, usize)]) -> Vec<usize> {
    let mut layers = vec![0; n];
    // Longest paths settle after as many rounds as the longest has edges.
    for _ in 0..n {
        let mut settled = true;
        for &(from, to) in down.iter().filter(|(from, to)| from != to) {
            if layers[to] <= layers[from] {
                layers[to] = layers[from] + 1;
                settled = false;
            }
        }
        if settled {
            break;
        }
    }
    let lowered = |id: usize| {
        let has_inputs = down.iter().any(|&(from, to)| to == id && from != id);
        let users = down.iter().filter(|&&(from, to)| from == id && to != id).map(|&(_, to)| layers[to]);
        if has_inputs { layers[id] } else { users.min().map_or(layers[id], |first| first - 1) }
    };
    (0..n).map(lowered).collect()
}

/// Leads an edge through the layers between its ends.
fn thread_through(spots: &mut Vec<Spot>, from: usize, to: usize) -> Vec<usize> {
    let mut path = vec![from];
    if from == to {
        return path;
    }
    for layer in spots[from].layer + 1..spots[to].layer {
        path.push(spots.len());
        spots.push(Spot { layer, width: LANE, height: 0.0, x: 0.0, above: Vec::new(), below: Vec::new() });
    }
    path.push(to);
    for pair in path.windows(2) {
        spots[pair[0]].below.push(pair[1]);
        spots[pair[1]].above.push(pair[0]);
    }
    path
}

/// Orders each layer by the mean place of the neighbours, down and up again.
fn order(rows: &mut [Vec<usize>], spots: &mut [Spot]) {
    let number = |row: &[usize], spots: &mut [Spot]| row.iter().enumerate().for_each(|(i, &id)| spots[id].x = i as f64);
    rows.iter().for_each(|row| number(row, spots));
    for sweep in 0..SWEEPS {
        let turns: Vec<usize> =
            if sweep % 2 == 0 { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
        for turn in turns {
            let wish = |id: usize| mean(spots, if sweep % 2 == 0 { &spots[id].above } else { &spots[id].below });
            let mut wishes: Vec<(f64, usize)> =
                rows[turn].iter().map(|&id| (wish(id).unwrap_or(spots[id].x), id)).collect();
            wishes.sort_by(|a, b| a.0.total_cmp(&b.0));
            rows[turn] = wishes.into_iter().map(|(_, id)| id).collect();
            number(&rows[turn], spots);
        }
    }
}

/// Gives every spot its place: as near to its neighbours' mean as its layer allows.
fn place(rows: &[Vec<usize>], spots: &mut [Spot]) {
    for row in rows {
        let mut x = 0.0;
        for &id in row {
            x += spots[id].width / 2.0;
            spots[id].x = x;
            x += spots[id].width / 2.0 + GAP;
        }
    }
    for sweep in 0..SWEEPS {
        let turns: Vec<usize> =
            if sweep % 2 == 0 { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
        for turn in turns {
            let wish = |&id: &usize| {
                let near = if sweep % 2 == 0 { &spots[id].above } else { &spots[id].below };
                mean(spots, near).unwrap_or(spots[id].x)
            };
            let wishes: Vec<f64> = rows[turn].iter().map(wish).collect();
            let widths: Vec<f64> = rows[turn].iter().map(|&id| spots[id].width).collect();
            for (&id, x) in rows[turn].iter().zip(spread(&wishes, &widths)) {
                spots[id].x = x;
            }
        }
    }
}

fn mean(spots: &[Spot], of: &[usize]) -> Option<f64> {
    let sum: f64 = of.iter().map(|&id| spots[id].x).sum();
    (!of.is_empty()).then(|| sum / of.len() as f64)
}

/// The middles nearest to those wished for, in the same order and without overlap. With the widths
/// taken off this is isotonic regression, solved by pooling adjacent violators.
fn spread(wishes: &[f64], widths: &[f64]) -> Vec<f64> {
    let mut offsets = vec![0.0; wishes.len()];
    for i in 1..wishes.len() {
        offsets[i] = offsets[i - 1] + (widths[i - 1] + widths[i]) / 2.0 + GAP;
    }
    // Pools of neighbours that touch: the sum of what they wish for, and how many they are.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (wish, offset) in wishes.iter().zip(&offsets) {
        let mut pool = (wish - offset, 1);
        while let Some(&(sum, n)) = pools.last()
            && sum / n as f64 >= pool.0 / pool.1 as f64
        {
            pools.pop();
            pool = (pool.0 + sum, pool.1 + n);
        }
        pools.push(pool);
    }
    let places = pools.into_iter().flat_map(|(sum, n)| std::iter::repeat_n(sum / n as f64, n));
    places.zip(offsets).map(|(place, offset)| place + offset).collect()
}

fn draw(spots: &[Spot], rows: &[Vec<usize>], n: usize, edges: &[(usize, usize)], paths: &[Vec<usize>]) -> Layout {
    let left = spots.iter().map(|spot| spot.x - spot.width / 2.0).fold(f64::INFINITY, f64::min);
    let right = spots.iter().map(|spot| spot.x + spot.width / 2.0).fold(0.0, f64::max);
    let mut tops = Vec::new();
    let mut y = MARGIN;
    let tallest = |row: &Vec<usize>| row.iter().map(|&id| spots[id].height).fold(0.0, f64::max);
    for row in rows {
        tops.push(y);
        y += tallest(row) + LAYER_GAP;
    }
    let x = |id: usize| spots[id].x - left + MARGIN;
    let top = |id: usize| tops[spots[id].layer];
    let boxes = spots[..n].iter().enumerate().map(|(id, spot)| LayoutBox {
        x: x(id) - spot.width / 2.0,
        y: top(id),
        width: spot.width,
        height: spot.height,
    });
    let route = |(path, edge): (&Vec<usize>, &(usize, usize))| {
        let mut points = Vec::new();
        for pair in path.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            if points.is_empty() {
                points.push((x(from), top(from) + spots[from].height));
            } else {
                // Straight past the boxes of the layer.
                points.push((x(from), top(from) + tallest(&rows[spots[from].layer])));
            }
            points.push((x(to), top(to)));
        }
        if path[0] != edge.0 {
            points.reverse();
        }
        points
    };
    Layout {
        width: if n == 0 { 0.0 } else { right - left + 2.0 * MARGIN },
        height: (y - LAYER_GAP + MARGIN).max(0.0),
        boxes: boxes.collect(),
        routes: paths.iter().zip(edges).map(route).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_keep_apart_and_arrows_point_down_unless_they_close_a_circle() {
        let edges = [(0, 1), (1, 2), (2, 3), (0, 3), (4, 3), (3, 3), (3, 1), (0, 5), (5, 3)];
        let sizes = [(80.0, 40.0), (120.0, 50.0), (60.0, 40.0), (200.0, 40.0), (50.0, 40.0), (90.0, 40.0)];
        let layout = layered(&sizes, &edges);
        for (i, a) in layout.boxes.iter().enumerate() {
            assert!(a.x >= 0.0 && a.x + a.width <= layout.width && a.y + a.height <= layout.height, "{a:?}");
            for b in &layout.boxes[i + 1..] {
                let apart = a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y;
                assert!(apart, "{a:?} {b:?}");
            }
        }
        assert_eq!(layout.boxes[4].y, layout.boxes[2].y, "what comes from nowhere stands near its user");
        for ((from, to), route) in edges.iter().zip(&layout.routes) {
            assert_eq!(route.is_empty(), from == to);
            let (Some(start), Some(end)) = (route.first(), route.last()) else { continue };
            assert_eq!(end.1 > start.1, (*from, *to) != (3, 1), "{from} to {to}: {route:?}");
        }
    }

    #[test]
    fn nothing_takes_no_room() {
        assert_eq!(layered(&[], &[]).width, 0.0);
    }
}
