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

