"""What a detector's training and evaluation need: IoU, assignment, loss, suppression, mAP."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

CANDIDATES = 9  # cells that may answer for one box
SCORE_POWER, IOU_POWER = 0.5, 6.0


def iou(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of boxes x1, y1, x2, y2; leading dimensions broadcast."""
    overlap, joint, _ = _areas(first, second)
    return overlap / joint


def generalised_iou(first: Tensor, second: Tensor) -> Tensor:
    """GIoU: IoU less the share of the enclosing box that neither covers."""
    overlap, joint, hull = _areas(first, second)
    return overlap / joint - (hull - joint) / hull


def _areas(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Areas of the overlap, the union and the enclosing box."""
    inner = (torch.min(first[..., 2:], second[..., 2:]) - torch.max(first[..., :2], second[..., :2])).clamp(min=0)
    outer = torch.max(first[..., 2:], second[..., 2:]) - torch.min(first[..., :2], second[..., :2])
    overlap = inner.prod(-1)
    joint = (first[..., 2:] - first[..., :2]).prod(-1) + (second[..., 2:] - second[..., :2]).prod(-1) - overlap
    return overlap, joint.clamp(min=1e-6), outer.prod(-1).clamp(min=1e-6)


@torch.no_grad()
def assign(
    boxes: Tensor, scores: Tensor, centres: Tensor, true_boxes: Tensor, true_classes: Tensor
) -> tuple[Tensor, Tensor]:
    """Task-aligned assignment (Feng et al. 2021): which cell answers for which box, and how surely.

    Takes predicted boxes [B, A, 4] and scores [B, A, C], cell centres [A, 2], true boxes
    [B, G, 4] and classes [B, G] (-1 pads). Returns the index of each cell's box [B, A] and
    the score it should give that box's class [B, A], 0 where the cell has no box.
    """
    inside = (centres > true_boxes[:, :, None, :2]) & (centres < true_boxes[:, :, None, 2:])
    allowed = inside.all(-1) & (true_classes >= 0)[..., None]  # B, G, A
    overlap = iou(true_boxes[:, :, None], boxes[:, None])
    index = true_classes.clamp(min=0)[:, None].expand(-1, scores.shape[1], -1)
    fit = scores.gather(2, index).transpose(1, 2) ** SCORE_POWER * overlap**IOU_POWER * allowed
    best = torch.zeros_like(fit).scatter_(2, fit.topk(CANDIDATES, dim=2).indices, 1)
    fit, overlap = fit * best, overlap * best
    owner = (overlap * (fit > 0)).argmax(dim=1)  # a cell inside several boxes takes the closest
    owned = F.one_hot(owner, fit.shape[1]).transpose(1, 2) * fit
    share = owned / owned.amax(2, keepdim=True).clamp(min=1e-9) * (overlap * (owned > 0)).amax(2, keepdim=True)
    return owner, share.sum(1)


def loss(
    boxes: Tensor, logits: Tensor, centres: Tensor, true_boxes: Tensor, true_classes: Tensor
) -> Tensor:
    """Cross-entropy of the scores and GIoU loss of the boxes, both weighted by the assignment."""
    owner, target = assign(boxes, logits.sigmoid(), centres, true_boxes, true_classes)
    classes = true_classes.gather(1, owner).clamp(min=0)
    wanted = torch.zeros_like(logits).scatter_(2, classes[..., None], target[..., None])
    total = target.sum().clamp(min=1)
    score_loss = F.binary_cross_entropy_with_logits(logits, wanted, reduction="sum") / total
    matched = true_boxes.gather(1, owner[..., None].expand(-1, -1, 4))
    box_loss = ((1 - generalised_iou(boxes, matched)) * target).sum() / total
    return score_loss + 2.5 * box_loss


def suppress(boxes: Tensor, scores: Tensor, least: float, overlap: float) -> tuple[Tensor, Tensor, Tensor]:
    """Non-maximum suppression within each class; boxes, scores and classes kept, best first."""
    cells, classes = (scores > least).nonzero(as_tuple=True)
    order = scores[cells, classes].argsort(descending=True)
    cells, classes = cells[order], classes[order]
    kept: list[int] = []
    blocked = torch.zeros(len(order), dtype=torch.bool)
    for i in range(len(order)):
        if not blocked[i]:
            kept.append(i)
            blocked |= (classes == classes[i]) & (iou(boxes[cells[i]], boxes[cells]) > overlap)
    return boxes[cells[kept]], scores[cells[kept], classes[kept]], classes[kept]


def average_precision(scores: np.ndarray, hits: np.ndarray, positives: int) -> float:
    """Area under the precision-recall curve, interpolated at all its points."""
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(hits[order])
    precision = found / np.arange(1, len(found) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((envelope * hits[order]).sum() / positives)


def match(boxes: Tensor, true_boxes: Tensor, threshold: float) -> np.ndarray:
    """For boxes of one picture and class, best first: 1 where a box finds a true one nobody found yet."""
    hits, free = np.zeros(len(boxes)), torch.ones(len(true_boxes), dtype=torch.bool)
    for i, box in enumerate(boxes):
        overlap = iou(box, true_boxes) * free if len(true_boxes) else torch.zeros(1)
        if overlap.max() >= threshold:
            hits[i] = 1
            free[overlap.argmax()] = False
    return hits
