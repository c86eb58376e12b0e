//! Descriptions of rows with further columns, and with keys.

use super::describe::{Describe, DescribeValue};
use super::description::Description;
use super::options::DescribeOptions;
use crate::data::{Keyed, WithColumn, WithColumns};
use crate::error::Result;

/// The columns of the rows, then the new one by its name.
impl<D: Describe, U: DescribeValue> Describe for WithColumn<D, U> {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        let column = U::describe_values(self.values().iter().map(Some), options)?;
        self.rows().describe(options)?.beside(column.named([self.name()]))
    }
}

/// The columns of the rows, then the new ones by their names.
impl<D: Describe, U: DescribeValue> Describe for WithColumns<D, U> {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        let mut all = self.rows().describe(options)?;
        for (j, name) in self.names().iter().enumerate() {
            all = all.beside(U::describe_values(self.column(j).map(Some), options)?.named([name]))?;
        }
        Ok(all)
    }
}

/// The keys as `id`, then the columns of the rows.
impl<R: Describe, K: DescribeValue> Describe for Keyed<R, K> {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        let keys = K::describe_values(self.keys().iter().map(Some), options)?;
        keys.named(["id"]).beside(self.rows().describe(options)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn described(rows: &impl Describe) -> Description {
        rows.describe(&DescribeOptions::default()).unwrap()
    }

    #[test]
    fn further_columns_stand_behind_the_rows_own() {
        let rows = WithColumn::new(array![[1.0, 2.0], [3.0, 4.0]], "sum", vec![3.0, 7.0]).unwrap();
        let rows = WithColumn::new(rows, "label", vec![None, Some("b".to_owned())]).unwrap();
        let description = described(&rows);
        assert_eq!(description.n_columns(), 4);
        assert_eq!((description.column("1").unwrap().mean(), description.column("sum").unwrap().max()), (3.0, 7.0));
        assert_eq!(description.column("label").unwrap().missing(), 1);
        let names = ["double", "half"].map(String::from);
        let rows = WithColumns::new(vec![2.0, 4.0], names, vec![vec![4.0, 8.0], vec![1.0, 2.0]]).unwrap();
        let description = described(&rows);
        assert_eq!((description.n_columns(), description.column("half").unwrap().max()), (3, 2.0));
        assert_eq!(description.column("double").unwrap().min(), 4.0);
    }

    #[test]
    fn keys_are_a_column() {
        let rows = Keyed::new(array![[1.0], [2.0]], vec!["a".to_owned(), "a".to_owned()]).unwrap();
        assert_eq!(described(&rows).column("id").unwrap().top(), Some(("a", 2)));
        assert_eq!(described(&rows).n_columns(), 2);
    }
}
