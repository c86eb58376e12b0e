//! Numbers of labels: counts and formulas go by numbers, so that they do not depend on the labels' type.

/// Labels and their numbers: those of the sorted classes first, then the others as they come.
pub(super) struct Numbering<'a, L> {
    classes: &'a [L],
    others: Vec<L>,
    /// All numbers, in the order of their labels.
    order: Vec<usize>,
}

impl<'a, L: Ord + Clone> Numbering<'a, L> {
    /// Of sorted classes, whose numbers are their places.
    pub(super) fn new(classes: &'a [L]) -> Self {
        Numbering { classes, others: Vec::new(), order: (0..classes.len()).collect() }
    }

    /// The number of labels.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The label of a number.
    pub(super) fn label(&self, number: usize) -> &L {
        match number.checked_sub(self.classes.len()) {
            None => &self.classes[number],
            Some(other) => &self.others[other],
        }
    }

    /// The number of a label, a new one if it has none yet.
    pub(super) fn number(&mut self, label: &L) -> usize {
        match self.order.binary_search_by(|&number| self.label(number).cmp(label)) {
            Ok(place) => self.order[place],
            Err(place) => {
                let number = self.order.len();
                self.others.push(label.clone());
                self.order.insert(place, number);
                number
            }
        }
    }

    /// The numbers of the labels of rows.
    pub(super) fn numbers<'b>(&mut self, labels: impl Iterator<Item = &'b L>) -> Vec<usize>
    where
        L: 'b,
    {
        let mut numbers = Vec::with_capacity(labels.size_hint().0);
        for label in labels {
            numbers.push(self.number(label));
        }
        numbers
    }

    /// The labels that are used, sorted, and for every number its place among them.
    pub(super) fn sorted(&self, used: &[bool]) -> (Vec<L>, Vec<usize>) {
        let (mut labels, mut places) = (Vec::new(), vec![usize::MAX; self.len()]);
        for &number in &self.order {
            if used[number] {
                places[number] = labels.len();
                labels.push(self.label(number).clone());
            }
        }
        (labels, places)
    }
}

/// The labels of two sorted lists, sorted, and for both lists the place of each of their labels among them.
pub(super) fn union<L: Ord + Clone>(a: &[L], b: &[L]) -> (Vec<L>, [Vec<usize>; 2]) {
    let (mut all, mut places) = (Vec::new(), [Vec::new(), Vec::new()]);
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let from_a = i < a.len() && (j == b.len() || a[i] <= b[j]);
        let from_b = j < b.len() && (i == a.len() || b[j] <= a[i]);
        let label = if from_a { &a[i] } else { &b[j] };
        if from_a {
            places[0].push(all.len());
            i += 1;
        }
        if from_b {
            places[1].push(all.len());
            j += 1;
        }
        all.push(label.clone());
    }
    (all, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_numbers_and_places() {
        let mut numbering = Numbering::new(&["b", "d"]);
        assert_eq!(numbering.numbers(["d", "c", "a", "b", "c"].iter()), [1, 2, 3, 0, 2]);
        assert_eq!((numbering.len(), *numbering.label(3), *numbering.label(1)), (4, "a", "d"));
        let (labels, places) = numbering.sorted(&[true, false, true, true]);
        assert_eq!((labels, places), (vec!["a", "b", "c"], vec![1, usize::MAX, 2, 0]));
    }

    #[test]
    fn a_union_is_sorted_and_tells_places() {
        let (all, [own, others]) = union(&[1, 3, 5], &[0, 3, 9]);
        assert_eq!((all, own, others), (vec![0, 1, 3, 5, 9], vec![1, 2, 3], vec![0, 2, 4]));
        assert_eq!(union::<u8>(&[], &[]), (vec![], [vec![], vec![]]));
    }
}
