"""Make a Gemma 3 model lose less when it becomes int8, without changing what it computes in float32.

CTranslate2 rounds each token's activations to 255 steps of that token's largest one. A few channels
are many times larger than the rest and eat the steps. Dividing channel j by s_j and multiplying
column j of the next weight by s_j changes nothing in exact arithmetic and evens the channels out:

    s_j = max|X_j|^a / max|W_j|^(1-a)     (SmoothQuant: Xiao et al. 2022, arXiv:2211.10438)

The division goes into what comes before: RMSNorm's weight (Gemma's is 1 + w) for the inputs of
attention and MLP, the rows of `up_proj` for `down_proj`. Between `v_proj` and `o_proj` a head's
channels are turned by a Hadamard matrix instead, which attention's weighted sums do not notice
(QuaRot: Ashkboos et al. 2024, arXiv:2404.00456).

max|X_j| is measured once, on the adapter's training mixture, by `python -m training export`, and kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.base import ModelError

if TYPE_CHECKING:
    import torch

STATISTICS = "activations.safetensors"
"""In an adapter's folder: for each layer and input, max|X_j|, float32 [channels]."""

_INPUTS = {"self_attn.q_proj": 0.5, "mlp.gate_proj": 0.5, "mlp.down_proj": 0.65}
"""One linear layer for each input that is evened out (q, k, v share theirs, as do gate and up), and its a.

Chosen by the divergence of the simulated int8 model's words from the float32 model's on our gold; the input
of `down_proj`, a product of two activations, is where most is lost.
"""


def record(model: Any, texts: Iterable[list[int]]) -> dict[str, torch.Tensor]:
    """The largest absolute activation of each channel over `texts` (token ids), by layer and input."""
    import torch

    largest: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Any:
        def hook(module: Any, inputs: tuple[torch.Tensor, ...]) -> None:
            seen = inputs[0].detach().float().abs().flatten(0, -2).amax(0)
            largest[name] = torch.maximum(largest[name], seen) if name in largest else seen

        return hook

    hooks = [
        module.register_forward_pre_hook(watch(name))
        for name, module in model.model.named_modules()
        if name.endswith(tuple(_INPUTS))
    ]
    with torch.inference_mode():
        for ids in texts:
            model.model(input_ids=torch.tensor([ids]))
    for hook in hooks:
        hook.remove()
    return largest


def smooth(model: Any, statistics: Path) -> None:
    """Rescale `model` (Gemma 3, float32) in place.

    Raises:
        ModelError: the statistics cannot be read or are of another model.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        largest = load_file(statistics)
        with torch.no_grad():
            for i, layer in enumerate(model.model.layers):
                _smooth_layer(layer, {name: largest[f"layers.{i}.{name}"] for name in _INPUTS})
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise ModelError(f"{statistics} does not fit the model: {error}; export the adapter again") from error


def _smooth_layer(layer: Any, largest: dict[str, torch.Tensor]) -> None:
    attention, mlp = layer.self_attn, layer.mlp
    for name, norm, readers in (
        ("self_attn.q_proj", layer.input_layernorm, (attention.q_proj, attention.k_proj, attention.v_proj)),
        ("mlp.gate_proj", layer.pre_feedforward_layernorm, (mlp.gate_proj, mlp.up_proj)),
    ):
        s = _scale(largest[name], [reader.weight for reader in readers], _INPUTS[name])
        norm.weight.copy_((1 + norm.weight) / s - 1)
        for reader in readers:
            reader.weight.mul_(s)
    s = _scale(largest["mlp.down_proj"], [mlp.down_proj.weight], _INPUTS["mlp.down_proj"])
    mlp.up_proj.weight.div_(s[:, None])
    mlp.down_proj.weight.mul_(s)
    _turn_heads(attention)


def _scale(seen: torch.Tensor, weights: list[torch.Tensor], exponent: float) -> torch.Tensor:
    """s_j above, with geometric mean 1; dead channels (never active, or never read) are left within reason."""
    import torch

    read = torch.stack([w.abs().amax(0) for w in weights]).amax(0)
    s = (seen.clamp(min=1e-5) ** exponent / read.clamp(min=1e-5) ** (1 - exponent)).clamp(min=1e-4)
    return s / s.log().mean().exp()


def _turn_heads(attention: Any) -> None:
    """Turn the values of each head, and turn them back where they are read."""
    import torch

    size = attention.head_dim
    if size & (size - 1):  # Sylvester's construction has powers of two only
        return
    turn = torch.ones(1, 1)
    while len(turn) < size:
        turn = torch.cat([torch.cat([turn, turn], 1), torch.cat([turn, -turn], 1)])
    turn = turn / size**0.5
    value, out = attention.v_proj.weight, attention.o_proj.weight
    value.copy_((turn @ value.view(-1, size, value.shape[1])).reshape(value.shape))
    out.copy_((out.view(len(out), -1, size) @ turn.T).reshape(out.shape))
