"""A graph drawn in box characters: leaves at the left, then gates and wires; values, and gradients below them.

>>> from autograd import parse
>>> f = parse("(x + y) * z", x=-2, y=5, z=-4)
>>> values, gradients = {node: node.data for node in nodes_below(f)}, {f: 1.0}
>>> print("\\n".join(Circuit(f).draw(values, gradients).lines()))
x -2 ──┫+┣ q 3 ──┫×┣ f -12
     ┌─┫ ┃     ┌─┫ ┃   1
y 5 ─┘ z -4 ───┘

A node has a cell of two lines or more: its gate, with a port for each operand, then its name, its value and below it
its gradient. A wire that climbs does so in a track of its own between two layers. Where the wires of two nodes cross,
the level one passes below: `─│─`. What a step lights passes above, in double lines that are seen without colours, too.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from autograd import Value
from autograd.notation import number
from viz.graph.crossings import order_layers
from viz.graph.layout import add_points, assign_layers
from viz.graph.picture import nodes_below, picture_of
from viz.terminal.console import BLUE, BOLD, GREEN, ORANGE, PLAIN

NORTH, SOUTH, WEST, EAST = 1, 2, 4, 8  # the sides of a character to which a wire runs
SINGLE, DOUBLE = " ╵╷│╴┘┐┤╶└┌├─┴┬┼", " ║║║═╝╗╣═╚╔╠═╩╦╬"  # the sign for each sum of sides

MOST = 300  # nodes of a circuit that can be drawn again at each key
MANY = 40  # wires between two layers; of more, not all find a track of their own


@dataclass
class Canvas:
    """Characters in rows and columns, each with a colour; wires are kept as the sides to which they run."""

    signs: dict[tuple[int, int], tuple[str, str, range]] = field(default_factory=dict)  # with the columns of the word
    wires: dict[tuple[int, int], list[tuple[int, int, bool]]] = field(default_factory=dict)  # net, sides, lit
    width: int = 0
    height: int = 0

    def write(self, row: int, column: int, text: str, colour: str = "") -> None:
        word = range(column, column + len(text))
        for place, sign in zip(word, text, strict=True):
            self.signs[row, place] = sign, colour, word
        self.reach(row, column + len(text) - 1)

    def run(self, net: int, start: tuple[int, int], end: tuple[int, int], lit: bool) -> None:
        """A level or an upright stretch of the wire of a net, between two places."""
        (top, left), (bottom, right) = min(start, end), max(start, end)
        back, ahead = (NORTH, SOUTH) if top < bottom else (WEST, EAST)
        places = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        if len(places) > 1:
            sides = [ahead, *[back | ahead] * (len(places) - 2), back]
            for place, its_sides in zip(places, sides, strict=True):
                self.wires.setdefault(place, []).append((net, its_sides, lit))
            self.reach(bottom, right)

    def join(self, net: int, place: tuple[int, int], sides: int, lit: bool) -> None:
        """Lead the wire of a net from the middle of a place to some of its sides."""
        self.wires.setdefault(place, []).append((net, sides, lit))
        self.reach(*place)

    def reach(self, row: int, column: int) -> None:
        self.height, self.width = max(self.height, row + 1), max(self.width, column + 1)

    def sign_at(self, row: int, column: int, shown: range) -> tuple[str, str]:
        """The character of a place, and its colour. Of a word that is not shown as a whole there are dots."""
        if (row, column) in self.signs:
            sign, colour, word = self.signs[row, column]
            return (sign if sign == " " or (word[0] in shown and word[-1] in shown) else "."), colour
        runs = self.wires.get((row, column), [])
        nets = list(dict.fromkeys(net for net, _, _ in runs))
        if len(nets) > 1:  # a crossing: the wire that is lit is seen, else the upright one
            bright = [net for net, _, lit in runs if lit]
            nets = bright or [net for net, sides, _ in runs if sides & (NORTH | SOUTH)] or nets
        of_net = [(sides, lit) for net, sides, lit in runs if nets and net == nets[0]]
        together, lit = 0, False
        for sides, is_lit in of_net:
            together, lit = together | sides, lit or is_lit
        return (DOUBLE if lit else SINGLE)[together], BLUE if lit else ""

    def lines(self, colour: bool = False, rows: range | None = None, columns: range | None = None) -> list[str]:
        """The text of the whole canvas, or of a window of rows and columns, line by line."""
        lines: list[str] = []
        across = columns or range(self.width)
        for row in rows or range(self.height):
            text, last = "", ""
            for column in across:
                sign, wanted = self.sign_at(row, column, across)
                wanted = wanted if colour and sign != " " else ""
                if wanted != last:
                    text += PLAIN * bool(last) + wanted
                    last = wanted
                text += sign
            lines.append(text + PLAIN if last else text.rstrip())
        return lines


class Circuit:
    """The places of the nodes and wires of a graph. Steps change numbers and lights, never places.

    A point is a node, by its number in topological order, or a place where a wire crosses a layer.
    """

    def __init__(self, output: Value, digits: int = 4, gradients: Mapping[Value, float] | None = None) -> None:
        self.order, self.digits = nodes_below(output), digits
        picture = picture_of(output, digits)
        self.nodes = picture.nodes
        shown = gradients or {}
        self.room = [max(len(number(x, digits)) for x in (node.data, shown.get(node, 0.0))) for node in self.order]
        layer_of = assign_layers(len(self.nodes), picture.wires)
        self.layer_of, links, trunks = add_points(layer_of, picture.wires)
        self.layers = order_layers(self.layer_of, links)
        self.before = {target: source for source, target in reversed(links)}  # of a crossing, the point that it is from
        self.ports: list[list[int]] = [[] for _ in self.nodes]  # for each operand, the point that its wire comes from
        for source, target in picture.wires:
            trunk = [source, *trunks[source]]
            self.ports[target].append(trunk[layer_of[target] - layer_of[source] - 1])
        self.row = self.choose_rows()
        self.ways: list[list[tuple[int, int, int]]] = [[] for _ in self.layer_of]  # to (row, point, port), from each
        for point in range(len(self.nodes), len(self.layer_of)):
            self.ways[self.before[point]].append((self.row[point], point, 0))
        for target, ports in enumerate(self.ports):
            for port, source in enumerate(ports):
                self.ways[source].append((self.row[target] + port, target, port))
        self.column, self.track = self.choose_columns()

    def is_node(self, point: int) -> bool:
        return point < len(self.nodes)

    def head(self, point: int) -> str:
        """The text before a node's number: its gate and its name."""
        node = self.nodes[point]
        return f"┫{node.gate}┣ {node.label} " if node.gate else f"{node.label} "

    def cell(self, point: int) -> int:
        """The width of a node's cell."""
        return len(self.head(point)) + self.room[point] if self.is_node(point) else 0

    def choose_rows(self) -> list[int]:
        """The first row of each point: level with its first operand where there is room, else below what is above."""
        row = [0] * len(self.layer_of)
        for layer in self.layers:
            free = 0
            for point in layer:
                node = self.is_node(point)
                first = self.before[point] if not node else self.ports[point][0] if self.ports[point] else None
                row[point] = max(free, row[first] if first is not None else 0)
                free = row[point] + (max(2, len(self.ports[point])) if node else 1)
        return row

    def choose_columns(self) -> tuple[list[int], dict[int, int]]:
        """The left column of each layer, and the track of each point whose wires climb.

        A wire that leaves along a row must turn off before another one comes in along that row.
        """
        columns: list[int] = []
        tracks: dict[int, int] = {}
        left = 0
        for layer in self.layers:
            columns.append(left)
            place = left + max(map(self.cell, layer)) + 1
            rows = {p: {row for row, _, _ in self.ways[p]} for p in layer}
            todo = [p for p in layer if rows[p] - {self.row[p]}]
            while todo:
                few = todo if len(todo) <= MANY else []
                free = [p for p in few if not any(self.row[q] in rows[p] for q in few if q != p)]
                chosen = max(free or todo, key=lambda p: (self.row[p], -p))
                todo.remove(chosen)
                tracks[chosen] = place
                place += 1
            left = place + 1
        return columns, tracks

    def draw(
        self,
        values: Mapping[Value, float],
        gradients: Mapping[Value, float],
        gate: Value | None = None,
        ports: Iterable[int] = (),
    ) -> Canvas:
        """The circuit with the numbers that are known; `gate` is lit, and the wires to these `ports` of it."""
        canvas = Canvas()
        lit = self.wires_to(gate, ports)
        operands = {self.origin(start) for start, _, _ in lit}
        for point, node in enumerate(self.order):
            row, column = self.row[point], self.column[self.layer_of[point]]
            self.draw_gate(canvas, point, node is gate)
            column += len(self.head(point))
            for below, known, colour in ((0, values, GREEN), (1, gradients, ORANGE)):
                if node in known:
                    bold = BOLD if node is gate or point in operands else ""
                    canvas.write(row + below, column, number(known[node], self.digits), bold + colour)
        for point in range(len(self.layer_of)):
            self.draw_wires(canvas, point, lit)
        return canvas

    def draw_gate(self, canvas: Canvas, point: int, lit: bool) -> None:
        """A node's gate, with a line for each port, and its name. Lit, it has other bars."""
        row, column, gate = self.row[point], self.column[self.layer_of[point]], self.nodes[point].gate
        lines = [self.head(point)] + [f"┫{' ' * len(gate)}┃" for _ in self.ports[point][1:]]
        for line in lines:
            if lit and gate:
                line = line.replace("┫", "╡", 1).replace("┣", "╞", 1)
            canvas.write(row, column, line, BOLD if lit else "")
            row += 1

    def draw_wires(self, canvas: Canvas, point: int, lit: Container[tuple[int, int, int]]) -> None:
        """The wires from a point to the points of the next layer."""
        net, layer, leaving = self.origin(point), self.layer_of[point], self.row[point]
        start = self.column[layer]
        if self.is_node(point):
            start += len(self.head(point)) + len(number(self.order[point].data, self.digits)) + 1
        for row, target, port in self.ways[point]:
            end = self.column[layer + 1] - self.is_node(target)
            turn = self.track.get(point, start)
            bright = (point, target, port) in lit
            canvas.run(net, (leaving, start), (leaving, turn), bright)
            canvas.run(net, (leaving, turn), (row, turn), bright)
            canvas.run(net, (row, turn), (row, end), bright)
            canvas.join(net, (leaving, start), WEST, bright)
            canvas.join(net, (row, end), EAST, bright)

    def origin(self, point: int) -> int:
        """The node whose wire runs through a point."""
        while not self.is_node(point):
            point = self.before[point]
        return point

    def wires_to(self, gate: Value | None, ports: Iterable[int]) -> set[tuple[int, int, int]]:
        """All stretches (point, next point, port) of the wires to these ports of a gate."""
        target = next((i for i, node in enumerate(self.order) if node is gate), 0)
        found = set()
        for port in ports:
            point = self.ports[target][port]
            found.add((point, target, port))
            while not self.is_node(point):
                found.add((self.before[point], point, 0))
                point = self.before[point]
        return found

    def place(self, node: Value) -> tuple[int, int]:
        """The row and the column of a node."""
        point = next(i for i, other in enumerate(self.order) if other is node)
        return self.row[point], self.column[self.layer_of[point]]


def window(length: int, room: int, centre: int) -> range:
    """The part of a length that is shown in so much room: the centre is in its middle as far as the ends allow.

    >>> [window(10, 4, centre) for centre in (0, 5, 9)]
    [range(0, 4), range(3, 7), range(6, 10)]
    """
    start = max(0, min(centre - room // 2, length - room))
    return range(start, min(length, start + room))
