// Takes the number of the last step; `show(k, before, pace)`, which shows step k after step `before`, where things may move for
// `pace` milliseconds; and `remember()`, which is called when the reader rests. Gives the walk through the steps: at(), go(k),
// and playing.
function makeWalk(last, show, remember, { byId }) {
  const interval = () => 1500 / Number(byId("speed").value); // of playing, in milliseconds
  let at = 0;
  let timer = 0; // of playing
  let resting = 0; // timer

  function go(number) {
    const before = at;
    at = Math.min(last(), Math.max(0, number));
    if (timer && at === last()) play(false);
    show(at, before, timer ? Math.min(900, 0.6 * interval()) : 900);
    rest();
  }

  function rest() {
    clearTimeout(resting);
    resting = setTimeout(remember, 200);
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

  byId("speed").onchange = () => timer && play(true);

  return { at: () => at, go, play, rest, playing: () => timer !== 0 };
}

