"""Where an image lies in what a person's preprocessing makes of it, measured: out = scale * image + offset on either axis."""

import numpy as np

# Where stripes begin and end, as shares of a side: no two runs of widths are alike, so that some of them tell which they are.
EDGES = (0.03, 0.08, 0.16, 0.205, 0.3, 0.36, 0.395, 0.5, 0.57, 0.62, 0.71, 0.735, 0.82, 0.92, 0.955)
# Edges that must be seen, and how far from their places, in pixels of the result, they may lie: nearest pixels are half of one off.
FEWEST, OFF = 3, 1.0
# What lies elsewhere than expected, as a share of all that changes.
ELSEWHERE = 0.1
# Pixels around a change that filters may blur it over; fewer where no stripes told how the image lies.
BLUR, SHARP = 6, 2


class Place:
    """`scales` and `offsets` of x and y, in pixels; `whole`: whether the image fills the result, and nothing of it is cut off."""

    def __init__(self, scales, offsets, whole, margin=BLUR):
        self.scales, self.offsets, self.whole, self.margin = scales, offsets, whole, margin

    @property
    def is_identity(self):
        return self.scales == (1, 1) and self.offsets == (0, 0)

    def in_image(self, box):
        """A box in pixels of the result as one in pixels of the image."""
        (a, b), (dx, dy) = self.scales, self.offsets
        return {"x": (box["x"] - dx) / a, "y": (box["y"] - dy) / b, "w": box["w"] / a, "h": box["h"] / b}


def place_of(prepare, image):
    """How an image [H, W, 3] lies in what `prepare` makes of it; None where it is turned, mirrored, bent or cut by what it shows.

    Stripes are measured first; what is found, or that nothing moves, must then hold where parts of a random image and of the image itself are turned.
    """
    height, width = image.shape[:2]
    noise = _noise(height, width)
    for place in _candidates(prepare, height, width):
        if all(_holds(prepare, one, place) for one in (noise, image)):
            return place
    return None


def _candidates(prepare, height, width):
    try:
        measured = _measured(prepare, height, width)
        if measured is not None:
            yield measured
        # Of filters that leave no stripes, such as one that shows edges.
        if prepare(_noise(height, width)).shape in ((height, width), (height, width, 3), (height, width, 1), (3, height, width), (1, height, width)):
            yield Place((1, 1), (0, 0), True, SHARP)
    except Exception:  # The person's code, on images that it was not written for.
        return


def _measured(prepare, height, width):
    axes = [_stripes(prepare, height, width, axis) for axis in (1, 0)]
    if any(one is None for one in axes):
        return None
    # Stripes across show how far the image reaches along them.
    found = [_line(edges, length, other[1]) for (edges, _), other, length in zip(axes, axes[::-1], (width, height))]
    if any(one is None for one in found):
        return None
    return Place(tuple(one[0] for one in found), tuple(one[1] for one in found), all(one[2] for one in found))


def _stripes(prepare, height, width, axis):
    """Where stripes turn, along an axis, and how far the image reaches along the other: (first, behind the last, all of it)."""
    length = (height, width)[axis]
    bright = np.searchsorted(_edges(length), np.arange(length), side="right") % 2 == 1
    image = np.broadcast_to(np.where(bright, 224, 32).astype(np.uint8).reshape((1, length, 1) if axis == 1 else (length, 1, 1)), (height, width, 3))
    differs = _plane(prepare(np.ascontiguousarray(image))) - _plane(prepare(np.ascontiguousarray(256 - image.astype(int)).astype(np.uint8)))
    differs = differs if axis == 1 else differs.T
    span = np.abs(differs).max()
    if not span > 0:
        return None
    seen = np.flatnonzero(np.abs(differs).max(1) > 0.5 * span)
    first, last = int(seen[0]), int(seen[-1]) + 1
    rows = differs[first:last]
    if len(seen) != last - first or np.abs(rows - np.median(rows, 0)).mean() > 0.1 * np.abs(rows).mean():
        return None
    return _turns(np.median(rows, 0)), (first, last, len(differs))


def _edges(length):
    return np.unique(np.round(np.array(EDGES) * length).astype(int))


def _turns(profile):
    """Where a profile passes from one level to the other, between the middles of pixels: (place, whether it rises)."""
    level = np.abs(profile).max() / 2
    turns, before = [], None
    for at in np.flatnonzero(np.abs(profile) > level):
        if before is not None and at - before <= BLUR and (profile[at] > 0) != (profile[before] > 0):
            inner = np.arange(before, at + 1)
            turns.append((float(np.interp(0, profile[inner] * np.sign(profile[at]), inner)) + 0.5, bool(profile[at] > 0)))
        before = at
    return turns


def _line(turns, length, reach):
    """The scale and offset by which edges lie where they were found, and whether the image is there from side to side of the result."""
    edges = _edges(length)
    found = np.array([at for at, _ in turns])
    best = None
    for start in range(len(edges) - len(found) + 1):
        known = edges[start : start + len(found)]
        # Edges rise and fall in turn.
        if len(found) < FEWEST or any(rises != ((start + i) % 2 == 0) for i, (_, rises) in enumerate(turns)):
            continue
        scale, offset = np.polyfit(known, found, 1)
        off = float(np.abs(scale * known + offset - found).max())
        if scale > 0 and off <= OFF and (best is None or off < best[0]):
            best = (off, scale, offset)
    if best is None:
        return None
    _, scale, offset = best
    first, last, size = reach
    near = max(0.75, 0.75 * scale)
    if abs(offset - first) <= near and abs(scale * length + offset - last) <= near:
        # All of it is there: whole pixels tell its sides.
        return (last - first) / length, first, (first, last) == (0, size)
    # A part of what was scaled to whole pixels.
    whole = round(scale * length)
    if abs(scale * length - whole) < 0.3:
        offset += float(np.mean((scale - whole / length) * edges))
        scale = whole / length
    return scale, (round(offset) if abs(offset - round(offset)) < 0.3 else offset), False


def _noise(height, width):
    """Blocks of random brightness."""
    rows, columns = -(-height // 4), -(-width // 4)
    blocks = np.random.default_rng(1).integers(0, 256, (rows, columns, 3), np.uint8)
    return np.ascontiguousarray(blocks.repeat(4, 0).repeat(4, 1)[:height, :width])


# Parts that are turned by half, as left, top, right, bottom in shares: their values stay, so that contrast and means do.
PARTS = ((0.3, 0.35, 0.5, 0.5), (0.6, 0.55, 0.85, 0.8), (0.05, 0.1, 0.25, 0.3), (0.7, 0.1, 0.9, 0.25))


def _holds(prepare, image, place):
    """Whether parts that change in an image change where they are expected, and nothing else does."""
    height, width = image.shape[:2]
    shown = _values(prepare(image))
    total = elsewhere = 0.0
    for x, y in _parts(height, width) if place.margin == BLUR else _squares(height, width):
        turned = image.copy()
        turned[y, x] = turned[y, x][::-1, ::-1]
        if np.abs(turned.astype(int) - image).mean() * width * height < 1:
            continue
        other = _values(prepare(turned))
        if other.shape != shown.shape:
            return False
        change = np.abs(other - shown).sum(-1)
        inside = np.zeros(change.shape, bool)
        a, b, c, d = (_clipped(at, place, axis, change.shape) for axis, one in ((0, x), (1, y)) for at in (one.start, one.stop))
        margin = place.margin
        inside[max(0, c - margin) : d + margin, max(0, a - margin) : b + margin] = b > a and d > c
        total += float(change.sum())
        elsewhere += float(change[~inside].sum())
    return elsewhere <= ELSEWHERE * total


def _parts(height, width):
    for left, top, right, bottom in PARTS:
        yield slice(round(left * width), round(right * width)), slice(round(top * height), round(bottom * height))


def _squares(height, width):
    """Small parts all over: what moves by a few pixels leaves them."""
    for x, y in ((x, y) for x in (0.04, 0.45, 0.9) for y in (0.04, 0.5, 0.9)):
        left, top = int(x * width), int(y * height)
        yield slice(left, min(left + 10, width)), slice(top, min(top + 10, height))


def _clipped(at, place, axis, shape):
    size = shape[1 - axis]
    return int(np.clip(round(at * place.scales[axis] + place.offsets[axis]), 0, size))


def _values(made):
    """[H, W, C] of an image in whatever layout it was made."""
    made = np.asarray(made, np.float64)
    if made.ndim == 2:
        return made[..., None]
    return made.transpose(1, 2, 0) if made.shape[0] in (1, 3) and made.shape[2] not in (1, 3) else made


def _plane(made):
    return _values(made).sum(-1)
