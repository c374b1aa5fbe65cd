"""Smoothing before int8: nothing changes in float32, less is lost in int8."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from models import smooth
from models.base import ModelError
from tests.models.tiny import save_tiny_gemma

TEXTS = [[2, 5, 90, 300, 12, 45], [2, 400, 401, 30, 31, 32, 33, 34], [2, 77]]


@pytest.fixture
def model(tmp_path: Path) -> Any:
    """Tiny Gemma with a few channels far larger than the rest, as trained models have."""
    model = save_tiny_gemma(tmp_path / "model")
    with torch.no_grad():
        for layer in model.model.layers:
            layer.input_layernorm.weight[3] = 80.0
            layer.pre_feedforward_layernorm.weight[7] = -60.0
            layer.mlp.up_proj.weight[5] *= 50
    return model


@pytest.fixture
def statistics(model: Any, tmp_path: Path) -> Path:
    path = tmp_path / smooth.STATISTICS
    save_file(smooth.record(model, TEXTS), path)
    return path


def logits(model: Any, ids: list[int]) -> torch.Tensor:
    with torch.inference_mode():
        result: torch.Tensor = model(input_ids=torch.tensor([ids])).logits[0]
    return result


def int8(x: torch.Tensor) -> torch.Tensor:
    step = x.abs().amax(-1, keepdim=True).clamp(min=1e-9) / 127
    return (x / step).round() * step


def loss_by_rounding(model: Any) -> float:
    """How far the logits move when weights (by row) and activations (by token) are rounded as CTranslate2 does."""
    exact = [logits(model, ids) for ids in TEXTS]
    layers = [m for n, m in model.model.layers.named_modules() if isinstance(m, torch.nn.Linear)]
    hooks = [m.register_forward_pre_hook(lambda m, inputs: (int8(inputs[0]),)) for m in layers]
    kept = [m.weight.data for m in layers]
    for m in layers:
        m.weight.data = int8(m.weight.data)
    moved = sum(float((logits(model, ids) - e).square().mean()) for ids, e in zip(TEXTS, exact, strict=True))
    for hook, m, weight in zip(hooks, layers, kept, strict=True):
        hook.remove()
        m.weight.data = weight
    return moved


def test_it_is_exact_in_float32_and_int8_loses_less(model: Any, statistics: Path) -> None:
    before = [logits(model, ids) for ids in TEXTS]
    rounding = loss_by_rounding(model)
    weight = model.model.layers[0].self_attn.v_proj.weight.clone()
    smooth.smooth(model, statistics)
    assert not torch.allclose(model.model.layers[0].self_attn.v_proj.weight, weight)  # something was done
    for ids, expected in zip(TEXTS, before, strict=True):
        torch.testing.assert_close(logits(model, ids), expected, rtol=1e-3, atol=1e-3)
    assert loss_by_rounding(model) < 0.7 * rounding


def test_the_largest_activation_of_each_channel_is_recorded(model: Any, statistics: Path) -> None:
    largest = load_file(statistics)
    assert {name.split(".", 2)[2] for name in largest} == {"self_attn.q_proj", "mlp.gate_proj", "mlp.down_proj"}
    assert int(largest["layers.0.self_attn.q_proj"].argmax()) == 3
    assert int(largest["layers.1.mlp.gate_proj"].argmax()) == 7
    alone = smooth.record(model, TEXTS[:1])
    assert all((largest[name] >= alone[name]).all() for name in largest)  # over all texts, not the last


@pytest.mark.parametrize("damage", ["missing layer", "other size", "not safetensors"])
def test_statistics_of_another_model_are_refused(model: Any, statistics: Path, damage: str) -> None:
    largest = load_file(statistics)
    if damage == "missing layer":
        del largest["layers.1.mlp.down_proj"]
    elif damage == "other size":
        largest = {name: seen[:-1].clone() for name, seen in largest.items()}
    save_file(largest, statistics)
    if damage == "not safetensors":
        statistics.write_text("no")
    with pytest.raises(ModelError, match="export the adapter again"):
        smooth.smooth(model, statistics)
