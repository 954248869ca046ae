// Takes the number of the last step, and `show(k, before, pace)`, which shows step k after step `before`; things may move for
// `pace` milliseconds. Gives the walk through the steps: at(), go(k), playing, and the step in the address.
function makeWalk(last, show, { byId }) {
  const interval = () => 1500 / Number(byId("speed").value); // of playing, in milliseconds
  let at = 0;
  let timer = 0; // of playing
  let writing = 0; // timer: the address changes when the reader rests

  function go(number) {
    const before = at;
    at = Math.min(last(), Math.max(0, number));
    if (timer && at === last()) play(false);
    show(at, before, timer ? Math.min(900, 0.6 * interval()) : 900);
    clearTimeout(writing);
    writing = setTimeout(writeAddress, 200);
  }

  function play(on) {
    clearInterval(timer);
    timer = 0;
    if (on) {
      if (at === last()) go(0);
      timer = setInterval(() => go(at + 1), interval());
    }
    byId("play").lastElementChild.textContent = on ? "Pause" : "Play";
    byId("play").querySelector("path").setAttribute("d", on ? "M3 2h4v12H3zM9 2h4v12H9z" : "M4 2l9 6-9 6z");
  }

  // Inside a notebook's frame this is not allowed.
  function writeAddress() {
    try {
      history.replaceState(null, "", `#step=${at}`);
    } catch {
      // then not
    }
  }

  function readAddress() {
    const match = location.hash.match(/^#step=(\d+)$/);
    if (match && Number(match[1]) !== at) go(Number(match[1]));
  }

  byId("speed").onchange = () => timer && play(true);
  addEventListener("hashchange", readAddress);

  return { at: () => at, go, play, playing: () => timer !== 0, readAddress };
}

