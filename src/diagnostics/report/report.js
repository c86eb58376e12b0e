// A line at the pointer, and in words what is there: the time, the machine, the task.
for (const plot of document.querySelectorAll(".plot")) {
  const end = Number(plot.dataset.end) / 1e6;
  const samples = JSON.parse(plot.dataset.samples);
  const cursor = plot.querySelector(".cursor");
  const readout = plot.nextElementSibling;
  const look = (event) => {
    const lane = plot.querySelector("svg").getBoundingClientRect();
    const x = Math.min(Math.max(event.clientX - lane.left, 0), lane.width);
    const at = (x / lane.width) * end;
    cursor.hidden = false;
    cursor.style.left = lane.left - plot.getBoundingClientRect().left + x + "px";
    const words = [at < 1000 ? at.toFixed(1) + " ms" : (at / 1000).toFixed(2) + " s"];
    const now = samples.find((sample) => sample[0] >= at) || samples[samples.length - 1];
    if (now) words.push("CPU " + now[1] + " %", now[2] + " MiB");
    const task = event.target.closest("rect");
    if (task) words.push(task.textContent);
    readout.textContent = words.join(" · ");
  };
  plot.addEventListener("pointermove", look);
  plot.addEventListener("pointerdown", look);
}
// A graph wider than the screen begins at its topmost box, not at its left rim.
for (const graph of document.querySelectorAll(".scroll > svg")) {
  const boxes = [...graph.querySelectorAll(".box")].map((box) => box.getBBox());
  const top = boxes.sort((a, b) => a.y - b.y)[0];
  const frame = graph.parentElement;
  if (top) frame.scrollLeft = top.x + top.width / 2 - frame.clientWidth / 2;
}
