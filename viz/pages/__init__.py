"""Pages for a browser, each in one file: `step(f)` and `film(recorder)`.

Files, in reading order: page (what every page has), stepper (with stepper.html), panels and film (with film.html).
scripts/ has page.js for both; steps.js, card.js, quiz.js and stepper.js for the stepper; film.js. styles/ has page.css
for both, stepper.css and film.css.
"""
