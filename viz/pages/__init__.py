"""Pages for a browser, each in one file: `step(f)` and `film(recorder)`.

Files, in reading order: page (what every page has), stepper (with stepper.html), panels and film (with film.html).
scripts/ has document.js, numbers.js and keyboard.js for both; model.js, picture.js, card.js, quiz.js and walk.js for
the stepper, bound in stepper.js; film.js. styles/ has page.css for both, stepper.css and film.css. A script is one
function: its first lines say what it takes and what it gives.
"""
