//! Permissions: new files and folders have those that the process's mask leaves, and what replaces a file has that file's.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::used;
use super::users::{Ground, USERS};

/// Set where a test runs in a process of its own, which alone has another mask.
const CHILD: &str = "CHUNKFIT_TEST_MODES";

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(all(&entry));
        }
        found.push(entry);
    }
    found
}

#[test]
fn files_have_the_permissions_that_any_mask_leaves_or_those_of_what_they_replace() {
    for mask in ["0022", "0002", "0077"] {
        let child = "folders::modes::child";
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask {mask}; exec \"$0\" \"$@\"")]).arg(std::env::current_exe().unwrap());
        let command = command.args([child, "--exact", "--ignored", "--nocapture"]).env(CHILD, mask);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "mask {mask}: {said}");
    }
}

#[test]
#[ignore = "is run by the test above, in a process with a mask of its own"]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let ground = Ground::new();
    for user in USERS {
        let place = tempfile::tempdir().unwrap();
        let (file, folder) = (place.path().join("a file"), place.path().join("a folder"));
        fs::write(&file, "").unwrap();
        fs::create_dir(&folder).unwrap();
        let (of_files, of_folders) = (mode(&file), mode(&folder));

        // A folder that is not there is made where it is documented so.
        let makes_its_folder = !matches!(user.name, "saved model" | "report and trace");
        let folder = if makes_its_folder { place.path().join("made/of two") } else { folder };
        used(user, &ground, &folder).unwrap();
        if makes_its_folder {
            assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (of_folders, of_folders), "{}", user.name);
        }
        let files: Vec<PathBuf> = all(&folder).into_iter().filter(|path| path.is_file()).collect();
        if user.name == "spill folder" {
            // Its files are private, which `files::Spill` is tested for, and gone with the last reader.
            assert!(files.is_empty(), "{files:?}");
            continue;
        }
        assert!(!files.is_empty());
        for file in &files {
            assert_eq!(mode(file), of_files, "{}: {}", user.name, file.display());
        }

        // What is damaged is replaced, and stays as private as it was.
        for private in [0o600, 0o640] {
            let files: Vec<PathBuf> = all(&folder).into_iter().filter(|path| path.is_file()).collect();
            for file in &files {
                if fs::metadata(file).unwrap().len() > 0 {
                    fs::write(file, "damaged").unwrap();
                }
                fs::set_permissions(file, fs::Permissions::from_mode(private)).unwrap();
            }
            used(user, &ground, &folder).unwrap();
            for file in files.iter().filter(|file| file.exists()) {
                assert_eq!(mode(file), private, "{}: {}", user.name, file.display());
            }
            for output in user.outputs {
                assert_ne!(fs::read(folder.join(output)).unwrap(), b"damaged", "{}: {output}", user.name);
            }
        }
    }
}
