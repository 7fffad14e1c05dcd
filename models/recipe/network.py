"""The Whisper architecture in plain torch, with transformers' parameter names.

Own code for three reasons: windows of any length (transformers insists on 30 s), an offset of the
sinusoidal encoder positions (so that short windows teach all 1,500 of them), and a CTC head that
only training sees. `whisper_state` gives the weights that transformers loads.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

CTC_ALPHABET = "abcdefghijklmnopqrstuvwxyz' "  # index 0 of the head is CTC's blank
LONGEST_PLAIN_ATTENTION = 600
N_TIMESTAMPS = 1_501  # the last tokens of the vocabulary, 0.02 s apart
TIMESTAMP_SCALE = 0.1
N_POSITIONS = 1_500  # encoder frames in 30 s: 50 a second


@dataclass(frozen=True)
class Size:
    """Sizes of the network."""

    n_vocabulary: int
    d_model: int = 192
    n_heads: int = 3
    n_encoder_layers: int = 4
    n_decoder_layers: int = 2
    n_target_positions: int = 448
    n_mels: int = 80


def sinusoids(length: int, channels: int) -> Tensor:
    """Return Whisper's positions, shape (length, channels): sines, then cosines."""
    step = torch.log(torch.tensor(10_000.0)) / (channels // 2 - 1)
    rates = torch.exp(-step * torch.arange(channels // 2))
    angles = torch.arange(length)[:, None] * rates[None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Attention(nn.Module):
    """Multi-head attention with Whisper's biases (none on the keys)."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.n_heads = size.n_heads
        self.q_proj = nn.Linear(size.d_model, size.d_model)
        self.k_proj = nn.Linear(size.d_model, size.d_model, bias=False)
        self.v_proj = nn.Linear(size.d_model, size.d_model)
        self.out_proj = nn.Linear(size.d_model, size.d_model)

    def forward(self, x: Tensor, memory: Tensor, *, causal: bool = False) -> Tensor:
        """Attend from x (batch, n, d) to memory (batch, m, d)."""
        query, key, value = self.q_proj(x), self.k_proj(memory), self.v_proj(memory)
        heads = [t.unflatten(2, (self.n_heads, -1)).transpose(1, 2) for t in (query, key, value)]
        if causal or x.shape[1] > LONGEST_PLAIN_ATTENTION:
            mixed = functional.scaled_dot_product_attention(*heads, is_causal=causal)
        else:  # plain products are faster on CPUs with AMX
            scores = heads[0] * heads[0].shape[-1] ** -0.5 @ heads[1].transpose(-1, -2)
            mixed = scores.softmax(-1).to(heads[2].dtype) @ heads[2]
        result: Tensor = self.out_proj(mixed.transpose(1, 2).flatten(2))
        return result

    def first_head(self, x: Tensor, memory: Tensor) -> Tensor:
        """Return the attention of head 0, shape (batch, n, m)."""
        width = self.q_proj.out_features // self.n_heads
        query = functional.linear(x, self.q_proj.weight[:width], self.q_proj.bias[:width])
        key = functional.linear(memory, self.k_proj.weight[:width])
        scores = query * width**-0.5 @ key.transpose(1, 2)
        return scores.float().softmax(-1)


class Layer(nn.Module):
    """An encoder layer, or a decoder layer where `cross` is set."""

    def __init__(self, size: Size, *, cross: bool) -> None:
        super().__init__()
        self.self_attn = Attention(size)
        self.self_attn_layer_norm = nn.LayerNorm(size.d_model)
        if cross:
            self.encoder_attn = Attention(size)
            self.encoder_attn_layer_norm = nn.LayerNorm(size.d_model)
        self.fc1 = nn.Linear(size.d_model, 4 * size.d_model)
        self.fc2 = nn.Linear(4 * size.d_model, size.d_model)
        self.final_layer_norm = nn.LayerNorm(size.d_model)

    def encode(self, x: Tensor) -> Tensor:
        """Apply an encoder layer to x, shape (batch, n, d)."""
        normed = self.self_attn_layer_norm(x)
        return self._feed_forward(x + self.self_attn(normed, normed))

    def decode(self, x: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Apply a decoder layer to x; return also what it asks the encoder's memory with."""
        normed = self.self_attn_layer_norm(x)
        x = x + self.self_attn(normed, normed, causal=True)
        queries = self.encoder_attn_layer_norm(x)
        return self._feed_forward(x + self.encoder_attn(queries, memory)), queries

    def _feed_forward(self, x: Tensor) -> Tensor:
        return x + self.fc2(functional.gelu(self.fc1(self.final_layer_norm(x))))


class Encoder(nn.Module):
    """Two convolutions (the second halves the rate to 50 Hz) and self-attention layers."""

    positions: Tensor

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(size.n_mels, size.d_model, 3, padding=1)
        self.conv2 = nn.Conv1d(size.d_model, size.d_model, 3, stride=2, padding=1)
        with torch.no_grad():  # sound about as strong as a third of the positions, at first
            self.conv1.weight *= 2
            self.conv2.weight *= 4
        self.layers = nn.ModuleList(Layer(size, cross=False) for _ in range(size.n_encoder_layers))
        self.layer_norm = nn.LayerNorm(size.d_model)
        positions = sinusoids(N_POSITIONS, size.d_model)
        self.register_buffer("positions", positions, persistent=False)

    def forward(self, mel: Tensor, offsets: Tensor) -> Tensor:
        """Encode mel (batch, 80, 2 n), starting at the positions `offsets` (batch,)."""
        x = functional.gelu(self.conv2(functional.gelu(self.conv1(mel)))).transpose(1, 2)
        x = x + self.positions[offsets[:, None] + torch.arange(x.shape[1])]
        for layer in self.layers:
            x = layer.encode(x)
        result: Tensor = self.layer_norm(x)
        return result


def look_nearby(encoder: Encoder, *, sharpness: float = 8.0) -> None:
    """Begin with encoder heads that look a little back, straight on, and a little ahead.

    The products of shifted sinusoids are the same kernel at every position:
    q(t) k(s) = g^2 sum_i cos(w_i (t + shift - s)). Without this start the positions, weak beside
    the sound, were still unused after 1,700 steps, and attention was all but uniform.
    """
    d_model = encoder.positions.shape[1]
    half = d_model // 2
    rates = torch.exp(-torch.log(torch.tensor(10_000.0)) / (half - 1) * torch.arange(half))
    for depth, layer in enumerate(encoder.layers):
        attention = layer.self_attn
        width = d_model // attention.n_heads
        n = width // 2  # frequencies a head: the fastest ones
        gain = (sharpness / (n * width**-0.5)) ** 0.5 / 2**0.5
        shifts = torch.linspace(-1, 1, attention.n_heads) * (4 + 2 * depth)
        with torch.no_grad():
            for head, shift in enumerate(shifts):
                rows = torch.arange(n) + head * width
                i = torch.arange(n)
                cos, sin = torch.cos(rates[:n] * shift), torch.sin(rates[:n] * shift)
                query, key = attention.q_proj.weight, attention.k_proj.weight
                for weight in (query, key):
                    weight[head * width : (head + 1) * width] *= 0.3
                query[rows, i] += gain * cos  # sin(w (t + shift))
                query[rows, half + i] += gain * sin
                query[rows + n, i] -= gain * sin  # cos(w (t + shift))
                query[rows + n, half + i] += gain * cos
                key[rows, i] += gain
                key[rows + n, half + i] += gain


class Decoder(nn.Module):
    """Token and learned position embeddings, causal and cross-attention layers."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(size.n_vocabulary, size.d_model)
        self.embed_positions = nn.Embedding(size.n_target_positions, size.d_model)
        self.layers = nn.ModuleList(Layer(size, cross=True) for _ in range(size.n_decoder_layers))
        self.layer_norm = nn.LayerNorm(size.d_model)
        nn.init.normal_(self.embed_tokens.weight, std=0.05)
        with torch.no_grad():
            # a timestamp begins as the sinusoids of its encoder position, to be copied from there
            stamps = sinusoids(N_TIMESTAMPS, size.d_model)
            self.embed_tokens.weight[-N_TIMESTAMPS:] = TIMESTAMP_SCALE * stamps
            self.embed_positions.weight.copy_(
                0.1 * sinusoids(size.n_target_positions, size.d_model)
            )

    def forward(self, tokens: Tensor, memory: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        """Return the hidden states (batch, n, d) of tokens (batch, n), and the guide loss.

        Head 0 of every layer is taught to look where the next token is said (`places`: first and
        last encoder frame, the last before the first where unknown; then 1 where it should look at
        all of them evenly). Reading becomes a walk along the sound, and faster-whisper's word
        timestamps have heads to rely on.
        """
        x = self.embed_tokens(tokens) + self.embed_positions.weight[: tokens.shape[1]]
        frames = torch.arange(memory.shape[1])
        near = ((frames >= places[:, :, :1]) & (frames <= places[:, :, 1:2])).float()
        spread = places[:, :, 2] == 1
        known = (places[:, :, 1] >= places[:, :, 0]).float()
        guide = torch.zeros(())
        for layer in self.layers:
            x, queries = layer.decode(x, memory)
            looks = layer.encoder_attn.first_head(queries, memory)
            within = ((looks * near).sum(2) + 1e-4).log()
            evenly = ((looks + 1e-5).log() * near).sum(2) / near.sum(2).clamp(min=1)
            likely = torch.where(spread, 0.5 * evenly, within) * known
            guide = guide - likely.sum() / known.sum().clamp(min=1)
        result: Tensor = self.layer_norm(x)
        return result, guide


class Network(nn.Module):
    """Encoder, decoder and the CTC head of training."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.encoder = Encoder(size)
        look_nearby(self.encoder)
        self.decoder = Decoder(size)
        self.ctc_head = nn.Linear(size.d_model, len(CTC_ALPHABET) + 1)

    def forward(
        self, mel: Tensor, offsets: Tensor, tokens: Tensor, places: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return token logits (batch, n, vocabulary), CTC logits and the guide loss."""
        memory = self.encoder(mel, offsets)
        hidden, guide = self.decoder(tokens, memory, places)
        return hidden @ self.decoder.embed_tokens.weight.T, self.ctc_head(memory), guide

    def whisper_state(self) -> dict[str, Tensor]:
        """Return the weights under transformers' names."""
        own = self.state_dict()
        state = {f"model.{name}": value for name, value in own.items() if "ctc" not in name}
        state["model.encoder.embed_positions.weight"] = self.encoder.positions
        state["proj_out.weight"] = own["decoder.embed_tokens.weight"]
        return state
