"""The two small networks. Both take RGB pictures in 0..1 and normalise them inside."""

from __future__ import annotations

import torch
from torch import Tensor, nn

MEAN, DEVIATION = 0.45, 0.25


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """A 3 x 3 convolution with batch normalisation and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Classifier(nn.Module):
    """Six convolutions, global average pooling and a linear layer; answers with logits."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            conv(3, 16, 2), conv(16, 32, 2), conv(32, 48, 2), conv(48, 64), conv(64, 80, 2), conv(80, 96)
        )
        self.head = nn.Linear(96, classes)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features((images - MEAN) / DEVIATION).mean(dim=(2, 3)))


class Detector(nn.Module):
    """An anchor-free detector with two scales, strides 8 and 16.

    Every cell answers with its distances to the four sides of a box, in strides, and one
    logit per class. `forward` returns boxes (x1, y1, x2, y2 in pixels) and logits for all cells.
    """

    STRIDES = (8, 16)

    def __init__(self, classes: int, size: int) -> None:
        super().__init__()
        self.fine = nn.Sequential(conv(3, 16, 2), conv(16, 32, 2), conv(32, 48, 2), conv(48, 48))
        self.coarse = nn.Sequential(conv(48, 72, 2), conv(72, 72))
        self.lateral = nn.Conv2d(72, 48, 1)
        self.heads = nn.ModuleList([conv(48, 64), conv(72, 64)])
        self.sides = nn.ModuleList([nn.Conv2d(64, 4, 1) for _ in self.STRIDES])
        self.classes = nn.ModuleList([nn.Conv2d(64, classes, 1) for _ in self.STRIDES])
        for layer in self.classes:
            nn.init.constant_(layer.bias, -4.0)  # at first, animals are rare everywhere
        cells = [(torch.arange(size // stride) + 0.5) * stride for stride in self.STRIDES]
        grids = [torch.cartesian_prod(cell, cell).flip(1) for cell in cells]
        strides = [torch.full((len(grid), 1), float(stride)) for grid, stride in zip(grids, self.STRIDES)]
        self.register_buffer("centres", torch.cat(grids))  # x, y
        self.register_buffer("strides", torch.cat(strides))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        fine = self.fine((images - MEAN) / DEVIATION)
        coarse = self.coarse(fine)
        fine = fine + nn.functional.interpolate(self.lateral(coarse), scale_factor=2.0, mode="nearest")
        features = [head(level) for head, level in zip(self.heads, (fine, coarse))]
        sides = torch.cat([layer(level).flatten(2) for layer, level in zip(self.sides, features)], 2)
        logits = torch.cat([layer(level).flatten(2) for layer, level in zip(self.classes, features)], 2)
        sides = nn.functional.softplus(sides.transpose(1, 2)) * self.strides
        boxes = torch.cat([self.centres - sides[..., :2], self.centres + sides[..., 2:]], -1)
        return boxes, logits.transpose(1, 2)


class ClassifierExport(nn.Module):
    """The classifier as it is shipped: ends in a softmax."""

    def __init__(self, model: Classifier) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> Tensor:
        return self.model(image).softmax(dim=1)


class DetectorExport(nn.Module):
    """The detector as it is shipped, in YOLOv8's layout: [batch, 4 + classes, cells].

    Rows are centre x, centre y, width, height in pixels, then one score in 0..1 per class.
    """

    def __init__(self, model: Detector) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        boxes, logits = self.model(images)
        first, last = boxes[..., :2], boxes[..., 2:]
        return torch.cat([(first + last) / 2, last - first, logits.sigmoid()], -1).transpose(1, 2)
