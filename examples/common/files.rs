//! Telling which files of Reuters-21578 are read.

use chunkfit::datasets::reuters::{Origin, ReutersFiles};

/// Says where the files were found, or why the sample stands in for them.
pub fn announce(files: &ReutersFiles) {
    match &files.origin {
        Origin::Directory(folder) | Origin::Cache(folder) | Origin::Downloaded(folder) => {
            println!("Reading {} files in {}.", files.files.len(), folder.display());
        }
        // The sample, or whatever origins the future brings.
        _ => {
            if let Some(error) = &files.download_error {
                println!("The data is not here and could not be downloaded: {}", error.full_message());
            }
            println!("Using a small generated sample instead: its scores cannot be compared with anyone's.");
            println!("For the real ones name the folder of the .sgm files with --data DIR.");
        }
    }
}
