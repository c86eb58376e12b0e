//! The lies of forged files: what is put in the place of a part of the JSON, or of a tensor.

use serde_json::{Value, json};

use super::file::{Numbers, TENSOR, Tensor, Tensors};

/// What may be done to a part of the JSON.
fn replaced(was: &Value, lie: usize, tensors: &Tensors) -> Option<Value> {
    let list = was.as_array();
    let names = tensors.keys().map(|name| json!({ TENSOR: name }));
    let lies = [
        Some(json!(null)),
        Some(json!(0)),
        Some(json!(1)),
        Some(json!(3)),
        Some(json!(-1)),
        Some(json!(1u64 << 60)),
        Some(json!(u64::MAX)),
        Some(json!(0.5)),
        Some(json!(true)),
        Some(json!("x")),
        Some(json!([])),
        Some(json!([[1, 2]])),
        Some(json!({ "a": 1 })),
        Some(json!({ TENSOR: "gone" })),
        list.and_then(|list| Some(list.split_last()?.1.into())),
        list.and_then(|list| Some([list.clone(), vec![list.last()?.clone()]].concat().into())),
        list.map(|list| list.iter().rev().cloned().collect()),
    ];
    lies.into_iter().chain(names.map(Some)).nth(lie).flatten()
}

/// What may be done to a tensor.
pub fn changed(tensor: &Tensor, lie: usize) -> Option<Tensor> {
    let Tensor { shape, numbers } = tensor;
    let floats = match numbers {
        Numbers::F64(floats) => floats.clone(),
        _ => vec![0.0; numbers.len()],
    };
    let keep = |n: usize| match numbers {
        Numbers::F64(floats) => Numbers::F64(floats.iter().copied().cycle().take(n).collect()),
        Numbers::U64(words) => Numbers::U64(words.iter().copied().cycle().take(n).collect()),
        _ => Numbers::F64(vec![0.0; n]),
    };
    let of_shape = |shape: Vec<usize>| Tensor { numbers: keep(shape.iter().product()), shape };
    let filled = |number: f64| Tensor { shape: shape.clone(), numbers: Numbers::F64(vec![number; numbers.len()]) };
    let with_one = |number: f64| {
        let mut floats = floats.clone();
        let middle = floats.len() / 2;
        if let Some(one) = floats.get_mut(middle) {
            *one = number;
        }
        Tensor { shape: shape.clone(), numbers: Numbers::F64(floats) }
    };
    let first = *shape.first()?;
    let with_first = |n: usize| of_shape([vec![n], shape[1..].to_vec()].concat());
    Some(match lie {
        0 => of_shape(shape.iter().rev().copied().collect()),
        1 => of_shape(vec![numbers.len()]),
        2 => with_first(first.checked_sub(1)?),
        3 => with_first(first + 1),
        4 => with_first(0),
        5 => of_shape([shape.clone(), vec![0]].concat()),
        6 => filled(f64::NAN),
        7 => filled(f64::INFINITY),
        8 => filled(-1e300),
        11 => filled(f64::NEG_INFINITY),
        12 => filled(1e308),
        13 => filled(-1.0),
        14 => filled(5e-324),
        15 => with_one(f64::NAN),
        16 => with_one(f64::INFINITY),
        17 => with_one(1e308),
        18 => with_one(-1e308),
        9 => Tensor { shape: shape.clone(), numbers: Numbers::F32(floats.iter().map(|&x| x as f32).collect()) },
        10 => Tensor { shape: shape.clone(), numbers: Numbers::U64(vec![u64::MAX; numbers.len()]) },
        _ => return None,
    })
}

/// Where lies can be told: a part of the JSON, or a tensor.
pub fn places(entry: &Value, tensors: &Tensors) -> Vec<String> {
    let mut all = Vec::new();
    pointers(&entry["model"], "/model", &mut all);
    all.extend(tensors.keys().cloned());
    all
}

/// How many lies there are of each place.
pub const LIES: usize = 24;

/// Tells a lie at a place, if that one can be told there.
pub fn lie_at(place: &str, lie: usize, entry: &mut Value, tensors: &mut Tensors) -> Option<()> {
    if place.starts_with('/') {
        let was = entry.pointer(place)?.clone();
        *entry.pointer_mut(place)? = replaced(&was, lie, tensors)?;
    } else {
        let tensor = changed(tensors.get(place)?, lie)?;
        tensors.insert(place.to_owned(), tensor);
    }
    Some(())
}

fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), all)),
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(n, value)| pointers(value, &format!("{at}/{n}"), all));
        }
        _ => {}
    }
}
