//! The memory limit of the process: what its control group, `ulimit` and the machine still allow.
//!
//! Only Linux tells. Elsewhere the allocator is asked, which knows some limits, such as Windows' commit limit.

use crate::error::{Error, ErrorKind, Result};

/// Smaller models are made without asking: the answer would take longer than the model.
const ASK_ABOVE: usize = 64 << 20;

/// Refuses dense numbers of a model or a result that are more than this process may still take, before any is taken.
///
/// `shape` tells how many of what there are along each axis, e.g. `[(3_000, "classes"), (1 << 20, "columns")]`;
/// `each` is how many bytes each number takes, with all that is kept beside it.
///
/// # Errors
/// [`ErrorKind::ModelTooLarge`].
pub(crate) fn check_model_bytes(model: &'static str, shape: &[(usize, &'static str)], each: usize) -> Result<()> {
    let bytes = shape.iter().fold(each, |bytes, (n, _)| bytes.saturating_mul(*n));
    if bytes <= ASK_ABOVE {
        return Ok(());
    }
    let available = available();
    // What nothing is known of, the allocator may refuse. What it gives is not written to, so it costs nothing.
    let fits = bytes <= available && Vec::<u8>::new().try_reserve_exact(bytes).is_ok();
    if fits {
        return Ok(());
    }
    let axes: Vec<String> = shape.iter().map(|(n, what)| format!("{n} {what}")).collect();
    let shape = format!("{} × {each} bytes", axes.join(" × "));
    Err(Error::new(ErrorKind::ModelTooLarge { model, shape, bytes, available: available.min(isize::MAX as usize) }))
}

/// The bytes that this process may still take, as far as that is known.
#[cfg(target_os = "linux")]
fn available() -> usize {
    let status = linux::read("/proc/self/status");
    let taken = |name| linux::kib(&status, name).unwrap_or(0);
    let physical = linux::physical_limit().map(|limit| limit.saturating_sub(taken("VmRSS:")));
    let addresses = linux::address_limit().map(|limit| limit.saturating_sub(taken("VmSize:")));
    physical.into_iter().chain(addresses).min().unwrap_or(usize::MAX)
}

#[cfg(not(target_os = "linux"))]
fn available() -> usize {
    usize::MAX
}

/// The bytes that this process may have in all: the least of what the machine has, its control groups and `ulimit -v`
/// allow. `None` where that is not known.
#[cfg(target_os = "linux")]
pub(crate) fn allowed_bytes() -> Option<usize> {
    linux::physical_limit().into_iter().chain(linux::address_limit()).min()
}

/// The bytes that this process may have in all: not known here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn allowed_bytes() -> Option<usize> {
    None
}

/// The bytes of this process that are in memory now; 0 where that is not known.
#[cfg(target_os = "linux")]
pub(crate) fn resident_bytes() -> usize {
    linux::kib(&linux::read("/proc/self/status"), "VmRSS:").unwrap_or(0)
}

/// The bytes of this process that are in memory now: not known here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn resident_bytes() -> usize {
    0
}

/// The texts of the files by which Linux states memory limits.
#[cfg(any(target_os = "linux", test))]
mod linux {
    /// The text of a file; nothing where it cannot be read.
    pub(super) fn read(path: &str) -> String {
        std::fs::read_to_string(path).unwrap_or_default()
    }

    /// The bytes that the machine has, or the control groups of the process allow.
    #[cfg(target_os = "linux")]
    pub(super) fn physical_limit() -> Option<usize> {
        let machine = kib(&read("/proc/meminfo"), "MemTotal:");
        let files = limit_files(&read("/proc/self/cgroup"), &read("/proc/self/mountinfo"));
        machine.into_iter().chain(files.iter().filter_map(|file| limit(&read(file)))).min()
    }

    /// The bytes of addresses that the process may have.
    #[cfg(target_os = "linux")]
    pub(super) fn address_limit() -> Option<usize> {
        address_space(&read("/proc/self/limits"))
    }

    /// The number of a line such as `VmRSS:  1234 kB`, in bytes.
    pub(super) fn kib(text: &str, name: &str) -> Option<usize> {
        let number = text.lines().find_map(|line| line.strip_prefix(name))?;
        number.split_whitespace().next()?.parse::<usize>().ok()?.checked_mul(1 << 10)
    }

    /// The soft limit on the address space (`ulimit -v`), from `/proc/self/limits`.
    pub(super) fn address_space(limits: &str) -> Option<usize> {
        let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// What a limit's file says: a number, or `max`. Version 1 has a number beyond all memory for none.
    pub(super) fn limit(text: &str) -> Option<usize> {
        text.trim().parse().ok()
    }

    /// The files with the memory limits of the process's control groups and of those around them, of both versions, from
    /// `/proc/self/cgroup` and `/proc/self/mountinfo`. Some may not be there.
    pub(super) fn limit_files(groups: &str, mounts: &str) -> Vec<String> {
        let mut files = Vec::new();
        for group in groups.lines() {
            let mut parts = group.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
            let (kind, file) = match controllers {
                "" => ("cgroup2", "memory.max"),
                _ if controllers.split(',').any(|name| name == "memory") => ("cgroup", "memory.limit_in_bytes"),
                _ => continue,
            };
            let Some((root, mount)) = mounts.lines().find_map(|line| mount(line, kind)) else { continue };
            // In a container the mount may begin at the container's own group.
            let inside = path.strip_prefix(root).filter(|_| root != "/").unwrap_or(path);
            let mut folder = inside.trim_end_matches('/');
            files.push(format!("{mount}{folder}/{file}"));
            while let Some((outer, _)) = folder.rsplit_once('/') {
                files.push(format!("{mount}{outer}/{file}"));
                folder = outer;
            }
        }
        files
    }

    /// The root and the mount point of a line of `mountinfo`, if it is of the memory controller of this kind of groups.
    fn mount<'a>(line: &'a str, kind: &str) -> Option<(&'a str, &'a str)> {
        let (place, file_system) = line.split_once(" - ")?;
        let mut place = place.split(' ').skip(3);
        let (root, mount) = (place.next()?, place.next()?);
        let mut file_system = file_system.split(' ');
        let has_memory = |options: &str| options.split(',').any(|option| option == "memory");
        let is_it =
            file_system.next() == Some(kind) && (kind == "cgroup2" || file_system.nth(1).is_some_and(has_memory));
        is_it.then_some((root, mount))
    }
}

#[cfg(test)]
mod tests {
    use super::linux::*;
    use super::*;

    #[test]
    fn what_no_machine_has_is_refused_with_its_shape_and_what_fits_is_not() {
        let error = check_model_bytes("MultinomialNb", &[(1 << 31, "classes"), (1 << 31, "columns")], 8).unwrap_err();
        let ErrorKind::ModelTooLarge { model, shape, bytes, .. } = error.kind() else { panic!("{error}") };
        assert_eq!((*model, &**shape), ("MultinomialNb", "2147483648 classes × 2147483648 columns × 8 bytes"));
        assert_eq!(*bytes, usize::MAX);
        let message = error.to_string();
        assert!(message.contains("MultinomialNb") && message.contains(&**shape) && message.contains("n_features"));
        assert!(check_model_bytes("MultinomialNb", &[(2, "classes"), (1 << 20, "columns")], 8).is_ok());
        assert!(check_model_bytes("MultinomialNb", &[(0, "classes"), (usize::MAX, "columns")], 8).is_ok());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_that_is_written_is_resident() {
        let before = resident_bytes();
        let bytes = std::hint::black_box(vec![1u8; 64 << 20]);
        assert!(before > 0 && resident_bytes() >= bytes.len());
    }

    #[test]
    fn lines_with_numbers() {
        let status = "Name:\tx\nVmSize:\t  2048 kB\nVmRSS:\t     512 kB\n";
        assert_eq!((kib(status, "VmRSS:"), kib(status, "VmSize:")), (Some(512 << 10), Some(2 << 20)));
        assert_eq!(kib(status, "VmSwap:"), None);
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max address space         8589934592           unlimited            bytes     \n";
        assert_eq!(address_space(limits), Some(8 << 30));
        assert_eq!(address_space(&limits.replace("8589934592", "unlimited")), None);
        assert_eq!((limit("1073741824\n"), limit("max\n"), limit("")), (Some(1 << 30), None, None));
    }

    #[test]
    fn the_groups_around_count_too() {
        let mounts = "31 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
        let files = limit_files("0::/user.slice/app.scope\n", mounts);
        let expected = ["/user.slice/app.scope", "/user.slice", ""].map(|at| format!("/sys/fs/cgroup{at}/memory.max"));
        assert_eq!(files, expected);
        assert_eq!(limit_files("0::/\n", mounts)[0], "/sys/fs/cgroup/memory.max");
    }

    #[test]
    fn version_1_and_containers() {
        let mounts = "40 30 0:33 /docker/abc /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory\n\
                      41 30 0:34 / /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n";
        let files = limit_files("5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/\n", mounts);
        assert_eq!(files, ["/sys/fs/cgroup/memory/memory.limit_in_bytes"]);
        assert!(limit_files("", "").is_empty() && limit_files("nonsense\n1:memory:/\n", "nonsense\n").is_empty());
    }
}
