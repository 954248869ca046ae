// Takes a table of keys: each row has what is `shown` of them, a `help`, and what each of them `does`. From then on keys
// do that, unless `blocked()`, and unless what has the focus, or the browser, has a use for them.
function listenToKeys(keys, blocked = () => false) {
  const actions = Object.assign({}, ...keys.map((row) => row.does));
  const uses = {
    "button, summary": /^ $/,
    "input[type=range]": /^(Arrow|Page|Home|End)/,
    "input:not([type=range]), select": /^(?!Escape$)/,
  };

  function actionOf(event) {
    const used = Object.entries(uses).some(([selector, its]) => event.target.matches(selector) && its.test(event.key));
    if (used || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return undefined;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return (event.shiftKey && actions[`Shift+${key}`]) || actions[key];
  }

  document.onkeydown = (event) => {
    const action = blocked() ? undefined : actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  };
}

// Takes a toolbar. Tab reaches one of its buttons, ← and → go on from there, if it was reached by keyboard: after a click on
// a button these keys are the page's.
function rove(toolbar) {
  const buttons = [...toolbar.querySelectorAll("button")];
  const settle = (chosen) => buttons.forEach((button) => (button.tabIndex = button === chosen ? 0 : -1));
  let tabbed = true;
  settle(buttons[0]);
  document.addEventListener("pointerdown", () => (tabbed = false), true);
  document.addEventListener("keydown", ({ key }) => key === "Tab" && (tabbed = true), true);
  toolbar.addEventListener("focusin", ({ target }) => buttons.includes(target) && settle(target));
  toolbar.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key], here = buttons.indexOf(event.target);
    if (!way || here < 0 || !tabbed) return;
    event.preventDefault();
    buttons[(here + way + buttons.length) % buttons.length].focus();
  });
}

