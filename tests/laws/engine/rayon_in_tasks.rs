//! Tasks that use rayon: it all ends, on the run's own threads, on one thread and on many.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex, mpsc};

use chunkfit::graph::{Key, Lazy, Runtime, Task};
use rayon::prelude::*;

use super::in_time;

fn task(name: &'static str) -> Task {
    Task::new(name, Key::unique())
}

/// As many tasks of this work as twice the threads, and their sum.
fn sum_of(threads: usize, work: fn() -> usize) -> usize {
    in_time("rayon in a task", move || {
        let tasks: Vec<Lazy<usize>> =
            (0..2 * threads).map(|_| Lazy::source(task("work"), move || Ok(work()))).collect();
        let sum = Lazy::gather(&tasks, task("sum"), |parts| Ok(parts.iter().copied().sum::<usize>()));
        Runtime::new().threads(threads).compute(sum).unwrap()
    })
}

const THREADS: [usize; 4] = [1, 2, 3, 8];

#[test]
fn what_is_spawned_runs_even_where_every_task_waits_for_it() {
    for threads in THREADS {
        let spawn = || {
            let (sender, receiver) = mpsc::channel();
            rayon::spawn(move || sender.send(1).unwrap());
            receiver.recv().unwrap()
        };
        assert_eq!(sum_of(threads, spawn), 2 * threads);
    }
}

#[test]
fn what_is_broadcast_runs_on_every_thread() {
    for threads in THREADS {
        let broadcast = || {
            let on = rayon::broadcast(|context| context.index());
            usize::from(on.len() == rayon::current_num_threads())
        };
        assert_eq!(sum_of(threads, broadcast), 2 * threads);
    }
}

#[test]
fn a_broadcast_does_not_wait_for_the_end_of_the_run() {
    let chain = in_time("broadcast beside a chain", || {
        let first = Lazy::source(task("broadcast"), || Ok(rayon::broadcast(|_| 1).len()));
        let slow = (0..50).fold(Lazy::value(0), |before, _| {
            before.map(task("slow"), |n| {
                std::thread::sleep(std::time::Duration::from_millis(2));
                Ok(n + 1)
            })
        });
        Runtime::new().threads(2).compute((first, slow)).unwrap()
    });
    assert_eq!(chain, (3, 50));
}

#[test]
fn scopes_joins_and_iterators() {
    for threads in THREADS {
        let scope = || {
            let n = AtomicUsize::new(0);
            let count = || {
                n.fetch_add(1, SeqCst);
            };
            rayon::scope(|scope| (0..10).for_each(|_| scope.spawn(|_| count())));
            n.into_inner()
        };
        assert_eq!(sum_of(threads, scope), 20 * threads);
        assert_eq!(sum_of(threads, || rayon::join(|| 1, || 2).1), 4 * threads);
        assert_eq!(sum_of(threads, || (0..1000usize).into_par_iter().map(|n| n % 2).sum()), 1000 * threads);
        let install = || rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| 1);
        assert_eq!(sum_of(threads, install), 2 * threads);
    }
}

#[test]
fn idle_threads_help() {
    let met = in_time("a barrier of two", || {
        let both = Arc::new(Barrier::new(2));
        let meet = Lazy::source(task("meet"), move || {
            let (a, b) = (both.clone(), both.clone());
            Ok(rayon::join(move || a.wait().is_leader(), move || b.wait().is_leader()))
        });
        Runtime::new().threads(2).compute(meet).unwrap()
    });
    assert!(met.0 != met.1);
}

#[test]
fn a_task_is_not_begun_on_top_of_another_that_holds_a_lock() {
    for threads in [1, 2, 4] {
        let n = in_time("a lock", move || {
            let lock = Arc::new(Mutex::new(0usize));
            let locked = |c: usize| {
                let lock = lock.clone();
                let read = Lazy::source(task("read").chunk(c), move || Ok(c));
                read.map(task("locked"), move |_| {
                    let mut n = lock.lock().unwrap();
                    *n += (0..500usize).into_par_iter().map(|i| usize::from(i % 500 == 0)).sum::<usize>();
                    Ok(*n)
                })
            };
            let all: Vec<Lazy<usize>> = (0..100).map(locked).collect();
            let most = |parts: &[&usize]| Ok(parts.iter().copied().copied().max().unwrap());
            Runtime::new().threads(threads).compute(Lazy::gather(&all, task("most"), most)).unwrap()
        });
        assert_eq!(n, 100);
    }
}

#[test]
fn a_task_is_not_begun_on_top_of_a_part_of_another_that_holds_a_lock() {
    let pause = |ms| std::thread::sleep(std::time::Duration::from_millis(ms));
    for threads in [1, 2, 3, 4, 8] {
        in_time("a lock and parts", move || {
            let lock = Arc::new(Mutex::new(0));
            let holds = lock.clone();
            // Its parts wait for one another on several threads, while tasks come up that want the lock.
            let first = Lazy::source(task("holds").order(0), move || {
                fn parts(pause: fn(u64), depth: usize) {
                    if depth == 0 {
                        return pause(40);
                    }
                    rayon::join(|| pause(5), || parts(pause, depth - 1));
                }
                let mut n = holds.lock().unwrap();
                rayon::join(|| parts(pause, 4), || parts(pause, 4));
                *n += 1;
                Ok(*n)
            });
            let later = Lazy::source(task("later").order(0), move || {
                pause(20);
                Ok(())
            });
            let wants = |_| {
                let lock = lock.clone();
                later.map(task("wants").order(1), move |()| {
                    *lock.lock().unwrap() += 1;
                    Ok(())
                })
            };
            let wants: Vec<Lazy<()>> = (0..8).map(wants).collect();
            Runtime::new().threads(threads).compute((first, wants)).unwrap();
            assert_eq!(*lock.lock().unwrap(), 9);
        });
    }
}

#[test]
fn a_run_within_a_task_of_another() {
    for threads in [1, 2] {
        let inner = move || {
            let squares: Vec<Lazy<usize>> = (0..10).map(|n| Lazy::source(task("square"), move || Ok(n * n))).collect();
            Ok(Runtime::new().threads(threads).compute(squares)?.into_iter().sum())
        };
        let sums = in_time("a run in a run", move || {
            let outer: Vec<Lazy<usize>> = (0..5).map(|_| Lazy::source(task("run"), inner)).collect();
            Runtime::new().threads(threads).compute(outer).unwrap()
        });
        assert_eq!(sums, [285; 5]);
    }
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let bits = |threads| {
        in_time("bits", move || {
            let parts: Vec<Lazy<f64>> = (0..40)
                .map(|c| {
                    Lazy::source(task("part").chunk(c), move || {
                        // In order within the task: what it adds up is its own business.
                        let terms: Vec<f64> = (0..1000).into_par_iter().map(|i| 1.0 / (1 + i + c) as f64).collect();
                        Ok(terms.into_iter().sum())
                    })
                })
                .collect();
            let sum = Lazy::gather(&parts, task("sum"), |parts| Ok(parts.iter().copied().sum::<f64>()));
            Runtime::new().threads(threads).compute(sum).unwrap().to_bits()
        })
    };
    assert!([2, 3, 8].into_iter().all(|threads| bits(threads) == bits(1)));
}
