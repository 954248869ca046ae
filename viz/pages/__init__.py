"""Pages for a browser, each in one file: `step(f)` and `film(recorder)`.

Files, in reading order: squeeze, page (what every page has), rows, program, movers and mistakes (what a stepper's page
needs to compute), folded (a network in boxes), stepper (with stepper.html); inside, recorder and frames (what a film is
made of), panels, planepanel, netpanel and film (with film.html).
scripts/ has unpack.js, document.js, numbers.js and keyboard.js for both. For the stepper: engine.js and texts.js, that
compute and write; model.js, picture.js, chips.js, words.js, arrivals.js, curve.js, closeup.js, card.js, predict.js,
judge.js, quiz.js, routes.js, routepanel.js, fold.js, foldnumbers.js, overview.js, stubs.js, flow.js, worth.js, walk.js,
address.js, whatif.js and downhill.js, bound in stepper.js. For the film: filmmap.js and filmnetwork.js, bound in
film.js. styles/ has page.css for both, stepper.css, card.css, routes.css, overview.css, moves.css and fold.css,
film.css. A script is one function: its first lines say what it takes and what it gives.
"""
