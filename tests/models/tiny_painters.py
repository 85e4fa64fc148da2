"""Tiny text-to-image checkpoints of several architectures, as the hub has them: what ``diffusers/`` is tested with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.tiny import clip_text_sizes, clip_tokenizer, clip_vision_sizes

LENGTH = 77
SIZE = 32


def _t5() -> tuple[Any, Any]:
    """An encoder of T5's kind and its tokenizer: one token a letter."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import T5Config, T5EncoderModel, T5TokenizerFast

    letters = [chr(code) for code in range(32, 127)]
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -2.0), *((letter, -2.0) for letter in letters)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    config = T5Config(vocab_size=128, d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    return T5EncoderModel(config), T5TokenizerFast(tokenizer_object=tokenizer, extra_ids=0, model_max_length=LENGTH)


def _clip_text(tokenizer: Any, *, projected: bool = False, hidden: int = 32) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    sizes = {**clip_text_sizes(tokenizer, LENGTH), "hidden_size": hidden, "projection_dim": 32}
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(CLIPTextConfig(**sizes))


def _unet(**more: Any) -> Any:
    from diffusers import UNet2DConditionModel

    sizes: dict[str, Any] = {
        "block_out_channels": (4, 8),
        "layers_per_block": 1,
        "sample_size": SIZE // 2,
        "in_channels": 4,
        "out_channels": 4,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "cross_attention_dim": 32,
        "norm_num_groups": 2,
    }
    return UNet2DConditionModel(**{**sizes, **more})


def _vae(channels: int = 4, **more: Any) -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=[4, 8],
        in_channels=3,
        out_channels=3,
        down_block_types=["DownEncoderBlock2D", "DownEncoderBlock2D"],
        up_block_types=["UpDecoderBlock2D", "UpDecoderBlock2D"],
        latent_channels=channels,
        norm_num_groups=2,
        sample_size=SIZE,
        **more,
    )


def write_sd(folder: Path) -> Path:
    """Stable Diffusion with its safety checker."""
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline
    from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
    from transformers import CLIPConfig, CLIPImageProcessorPil

    torch.manual_seed(21)
    tokenizer = clip_tokenizer(LENGTH)
    checker = StableDiffusionSafetyChecker(
        CLIPConfig(text_config=clip_text_sizes(tokenizer), vision_config=clip_vision_sizes(), projection_dim=16)
    )
    torch.nn.init.constant_(checker.concept_embeds_weights, 2.0)  # a likeness no picture reaches: nothing is flagged
    torch.nn.init.constant_(checker.special_care_embeds_weights, 2.0)
    StableDiffusionPipeline(
        unet=_unet(),
        scheduler=DDIMScheduler(beta_schedule="scaled_linear", clip_sample=False, steps_offset=1),
        vae=_vae(),
        text_encoder=_clip_text(tokenizer),
        tokenizer=tokenizer,
        safety_checker=checker,
        feature_extractor=CLIPImageProcessorPil(
            size={"shortest_edge": SIZE}, crop_size={"height": SIZE, "width": SIZE}
        ),
    ).save_pretrained(folder)
    return folder


def write_sdxl(folder: Path) -> Path:
    import torch
    from diffusers import EulerAncestralDiscreteScheduler, StableDiffusionXLPipeline

    torch.manual_seed(22)
    tokenizer = clip_tokenizer(LENGTH)
    StableDiffusionXLPipeline(
        unet=_unet(
            attention_head_dim=(2, 4),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            transformer_layers_per_block=(1, 1),
            projection_class_embeddings_input_dim=80,  # 6 numbers of 8, and 32 of the text
            cross_attention_dim=64,
        ),
        scheduler=EulerAncestralDiscreteScheduler(),  # draws noise at every step
        vae=_vae(),
        text_encoder=_clip_text(tokenizer),
        tokenizer=tokenizer,
        text_encoder_2=_clip_text(tokenizer, projected=True),
        tokenizer_2=tokenizer,
    ).save_pretrained(folder)
    return folder


def write_sd3(folder: Path) -> Path:
    import torch
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline

    torch.manual_seed(23)
    tokenizer = clip_tokenizer(LENGTH)
    encoder, t5 = _t5()
    StableDiffusion3Pipeline(
        transformer=SD3Transformer2DModel(
            sample_size=SIZE,
            patch_size=1,
            in_channels=4,
            num_layers=1,
            attention_head_dim=8,
            num_attention_heads=4,
            caption_projection_dim=32,
            joint_attention_dim=32,
            pooled_projection_dim=64,
            out_channels=4,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=_vae(use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.06, scaling_factor=1.5),
        text_encoder=_clip_text(tokenizer, projected=True),
        tokenizer=tokenizer,
        text_encoder_2=_clip_text(tokenizer, projected=True),
        tokenizer_2=tokenizer,
        text_encoder_3=encoder,
        tokenizer_3=t5,
    ).save_pretrained(folder)
    return folder


def write_flux(folder: Path) -> Path:
    import torch
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

    torch.manual_seed(24)
    tokenizer = clip_tokenizer(LENGTH)
    encoder, t5 = _t5()
    FluxPipeline(
        transformer=FluxTransformer2DModel(
            patch_size=1,
            in_channels=4,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            pooled_projection_dim=32,
            axes_dims_rope=[4, 4, 8],
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=_vae(1, use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.06, scaling_factor=1.5),
        text_encoder=_clip_text(tokenizer),
        tokenizer=tokenizer,
        text_encoder_2=encoder,
        tokenizer_2=t5,
    ).save_pretrained(folder)
    return folder


def write_pixart(folder: Path) -> Path:
    import torch
    from diffusers import DDIMScheduler, PixArtSigmaPipeline, PixArtTransformer2DModel

    torch.manual_seed(25)
    encoder, t5 = _t5()
    PixArtSigmaPipeline(
        transformer=PixArtTransformer2DModel(
            sample_size=SIZE // 2,
            num_layers=1,
            patch_size=2,
            attention_head_dim=8,
            num_attention_heads=3,
            caption_channels=32,
            in_channels=4,
            cross_attention_dim=24,
            out_channels=8,
            use_additional_conditions=False,
        ),
        scheduler=DDIMScheduler(),
        vae=_vae(),
        text_encoder=encoder,
        tokenizer=t5,
    ).save_pretrained(folder)
    return folder


PAINTERS = {
    "sd": write_sd,
    "sdxl": write_sdxl,
    "sd3": write_sd3,
    "flux": write_flux,
    "pixart": write_pixart,
}
