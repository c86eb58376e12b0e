//! Golden texts of printed scores: scikit-learn's `classification_report` with `digits=4` and `zero_division=0`.

use chunkfit::metrics::{ConfusionMatrix, MultilabelCounts};
use ndarray::{Array2, array};

/// Everything but the first line, which scikit-learn does not print.
fn table(printed: &impl ToString) -> String {
    printed.to_string().split_once('\n').unwrap().1.to_owned()
}

#[test]
fn confusion_matrix_is_printed_as_by_scikit_learn() {
    let (truth, predicted) = ([1usize, 1, 0, 2, 2, 1, 0, 3], [1usize, 0, 0, 2, 1, 1, 0, 4]);
    let counts = ConfusionMatrix::count(truth.iter(), predicted.iter()).unwrap();
    let expected = "              precision    recall  f1-score   support

           0     0.6667    1.0000    0.8000         2
           1     0.6667    0.6667    0.6667         3
           2     1.0000    0.5000    0.6667         2
           3     0.0000    0.0000    0.0000         1
           4     0.0000    0.0000    0.0000         0

    accuracy                         0.6250         8
   macro avg     0.4667    0.4333    0.4267         8
weighted avg     0.6667    0.6250    0.6167         8";
    assert_eq!(table(&counts), expected);
    assert!(counts.to_string().starts_with("8 rows, accuracy 0.6250 (always the most frequent label: 0.3750)\n"));
}

#[test]
fn texts_are_printed_without_quotes() {
    let (truth, predicted) =
        (["a \"quoted\" tale of length", "it's", "b\\c", "b\\c"], ["b\\c", "it's", "b\\c", "b\\c"]);
    let [truth, predicted] = [truth, predicted].map(|labels| labels.map(str::to_owned));
    let counts = ConfusionMatrix::count(truth.iter(), predicted.iter()).unwrap();
    let expected = "                           precision    recall  f1-score   support

a \"quoted\" tale of length     0.0000    0.0000    0.0000         1
                      b\\c     0.6667    1.0000    0.8000         2
                     it's     1.0000    1.0000    1.0000         1

                 accuracy                         0.7500         4
                macro avg     0.5556    0.6667    0.6000         4
             weighted avg     0.5833    0.7500    0.6500         4";
    assert_eq!(table(&counts), expected);
}

/// Support is printed with four decimals where scikit-learn prints all of them: `2.75`, and `1.0`.
#[test]
fn support_of_weighted_rows_is_the_sum_of_the_weights() {
    let (truth, predicted) = ([true, false, true, true], [true, true, true, false]);
    let weights = Some(&[0.5, 1.0, 2.0, 0.25][..]);
    let counts = ConfusionMatrix::count_weighted(truth.iter(), predicted.iter(), weights).unwrap();
    let expected = "              precision    recall  f1-score   support

       false     0.0000    0.0000    0.0000         1
        true     0.7143    0.9091    0.8000    2.7500

    accuracy                         0.6667    3.7500
   macro avg     0.3571    0.4545    0.4000    3.7500
weighted avg     0.5238    0.6667    0.5867    3.7500";
    assert_eq!(table(&counts), expected);
}

fn matrices() -> [Array2<bool>; 2] {
    let truth = array![[1, 0, 1], [1, 1, 0], [0, 0, 0], [0, 1, 1], [1, 1, 0]];
    let predicted = array![[1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 1, 1], [1, 1, 0]];
    [truth, predicted].map(|labels| labels.mapv(|label: i32| label == 1))
}

#[test]
fn counts_of_several_labels_are_printed_as_by_scikit_learn() {
    let [truth, predicted] = matrices();
    let counts = MultilabelCounts::count(truth.view(), predicted.view()).unwrap();
    let expected = "              precision    recall  f1-score   support

           0     0.6667    0.6667    0.6667         3
           1     1.0000    1.0000    1.0000         3
           2     1.0000    0.5000    0.6667         2

   micro avg     0.8571    0.7500    0.8000         8
   macro avg     0.8889    0.7222    0.7778         8
weighted avg     0.8750    0.7500    0.7917         8
 samples avg     0.7333    0.6000    0.6267         8";
    assert_eq!(table(&counts), expected);
    assert!(counts.to_string().starts_with("5 rows, all labels right 0.4000, Hamming loss 0.2000\n"));
}

#[test]
fn labels_have_names_in_a_report() {
    let [truth, predicted] = matrices();
    let weights = Some(&[1.0, 2.0, 1.0, 0.5, 1.0][..]);
    let counts = MultilabelCounts::count_weighted(truth.view(), predicted.view(), weights).unwrap();
    let expected = "                      precision    recall  f1-score   support

               sport     0.8000    0.5000    0.6154         4
long name of a topic     1.0000    1.0000    1.0000    3.5000
                   x     1.0000    0.3333    0.5000    1.5000

           micro avg     0.9231    0.6667    0.7742         9
           macro avg     0.9333    0.6111    0.7051         9
        weighted avg     0.9111    0.6667    0.7457         9
         samples avg     0.7879    0.5455    0.6182         9";
    assert_eq!(counts.report(&["sport", "long name of a topic", "x"]).unwrap(), expected);
    assert!(counts.report(&["sport"]).unwrap_err().to_string().contains("names of labels"));
}
