//! Wanting, demanding and forgoing of values: which tasks are to run, and which are not needed after all.

use std::mem;

use super::{Phase, Priority, Rank, Scheduler, TaskId, TaskState};

impl Scheduler {
    /// An idle task is wanted: it needs its inputs from now on.
    pub(super) fn want(&mut self, id: TaskId) {
        self.count_wanted(id);
        let first = self.tasks[id].inputs.first().copied();
        self.tasks[id].phase = Phase::Waiting;
        self.tasks[id].missing = 0;
        let settled = self.tasks[id].settled || first.is_some_and(|first| self.is_settled_by(first, id));
        self.tasks[id].settled = settled;
        for i in 0..self.n_needed(id) {
            let input = self.tasks[id].inputs[i];
            let rank = self.tasks[input].rank;
            self.spare.remove(&(rank, input));
            self.tasks[input].uses += 1;
            if self.tasks[input].value.is_none() {
                self.tasks[id].missing += 1;
                self.tasks[input].waiters.push(id);
            }
        }
        if self.tasks[id].missing == 0 {
            self.make_ready(id);
        }
    }

    /// A value that is not there is needed by a task of this rank: its task will run (again), and
    /// those of the inputs that it lacks.
    pub(super) fn demand(&mut self, value: TaskId, rank: Rank) {
        let mut stack = vec![value];
        while let Some(id) = stack.pop() {
            if self.tasks[id].value.is_some() {
                continue;
            }
            let priority = (rank, self.tasks[id].rank);
            let sooner = priority < self.tasks[id].priority;
            match self.tasks[id].phase {
                Phase::Idle => {
                    self.tasks[id].priority = priority;
                    self.want(id);
                }
                Phase::Waiting if sooner => self.tasks[id].priority = priority,
                Phase::Ready if sooner => {
                    self.tasks[id].priority = priority;
                    self.make_ready(id);
                }
                _ => continue,
            }
            stack.extend(self.needed(id));
        }
    }

    /// Nothing is ready: demands the dropped value that is needed next. False if there is none.
    pub(super) fn demand_ahead(&mut self) -> bool {
        let tasks = &self.tasks;
        self.evicted.retain(|&id| tasks[id].phase == Phase::Idle && tasks[id].uses > 0);
        let next = self.evicted.iter().filter_map(|&id| Some((self.next_use(id)?, id))).min();
        if let Some(((rank, _), id)) = next {
            self.demand(id, rank);
        }
        next.is_some()
    }

    /// The inputs that a task needs.
    pub(super) fn needed(&self, id: TaskId) -> impl Iterator<Item = TaskId> + '_ {
        self.tasks[id].inputs[..self.n_needed(id)].iter().copied()
    }

    /// The number of inputs that a task needs, which are its first.
    pub(super) fn n_needed(&self, id: TaskId) -> usize {
        match &self.tasks[id] {
            TaskState { in_cache: true, .. } => 0,
            TaskState { settled: true, .. } => 1,
            TaskState { inputs, .. } => inputs.len(),
        }
    }

    /// The priority of the next task that uses a value.
    pub(super) fn next_use(&self, id: TaskId) -> Option<Priority> {
        let consumers = self.tasks[id].consumers.iter().map(|&consumer| (consumer, &self.tasks[consumer]));
        let pending = consumers.filter(|(_, task)| task.is_pending());
        let needs = pending.filter(|&(consumer, _)| self.needed(consumer).any(|needed| needed == id));
        needs.map(|(_, task)| task.priority).min()
    }

    /// A waiting task needs only its first input, which is there.
    pub(super) fn settle(&mut self, id: TaskId) {
        self.tasks[id].settled = true;
        for i in 1..self.tasks[id].inputs.len() {
            self.forgo(id, self.tasks[id].inputs[i]);
        }
        self.tasks[id].missing = 0;
        self.make_ready(id);
    }

    /// A task that has not begun is not needed any more: it forgoes its inputs.
    pub(super) fn unwant(&mut self, id: TaskId) {
        let needed = self.n_needed(id);
        self.count_unwanted(id);
        let task = &mut self.tasks[id];
        task.phase = Phase::Idle;
        task.passed = true;
        self.ledger.set_free(mem::take(&mut task.reserved));
        for i in 0..needed {
            self.forgo(id, self.tasks[id].inputs[i]);
        }
    }

    /// A waiting task does without an input. If no other task needs that, it is dropped, or never
    /// made, and what only it needed is not made either.
    fn forgo(&mut self, id: TaskId, input: TaskId) {
        let mut stack = vec![(id, input)];
        while let Some((id, input)) = stack.pop() {
            let state = &mut self.tasks[input];
            state.uses -= 1;
            if state.uses == 0 {
                state.waiters.clear();
            } else {
                state.waiters.retain(|&waiter| waiter != id);
            }
            self.drop_if_unused(input);
            if self.is_idle_wish(input) {
                self.count_unwanted(input);
                let state = &mut self.tasks[input];
                state.phase = Phase::Idle;
                state.passed = true;
                self.ledger.set_free(mem::take(&mut state.reserved));
                stack.extend(self.needed(input).map(|further| (input, further)));
            }
        }
    }

    /// True if a task that has not begun is not needed by any other, and by no submission as a result. One that runs
    /// may have the value in hand that is made again for others.
    pub(super) fn is_idle_wish(&self, id: TaskId) -> bool {
        let task = &self.tasks[id];
        task.uses == task.in_hand && task.pins == 0 && task.is_pending()
    }
}
