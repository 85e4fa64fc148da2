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


def _movq() -> Any:
    from diffusers import VQModel

    return VQModel(
        block_out_channels=[32, 32, 64],
        down_block_types=["DownEncoderBlock2D", "DownEncoderBlock2D", "AttnDownEncoderBlock2D"],
        up_block_types=["AttnUpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
        latent_channels=4,
        norm_num_groups=8,
        norm_type="spatial",
        num_vq_embeddings=12,
        vq_embed_dim=4,
    )


def write_kandinsky3(folder: Path) -> Path:
    import torch
    from diffusers import DDPMScheduler, Kandinsky3Pipeline, Kandinsky3UNet

    torch.manual_seed(26)
    encoder, t5 = _t5()
    Kandinsky3Pipeline(
        unet=Kandinsky3UNet(
            time_embedding_dim=4,
            groups=2,
            attention_head_dim=4,
            layers_per_block=3,
            block_out_channels=(8, 16),
            cross_attention_dim=4,
            encoder_hid_dim=32,
        ),
        scheduler=DDPMScheduler(beta_schedule="squaredcos_cap_v2"),
        movq=_movq(),
        text_encoder=encoder,
        tokenizer=t5,
    ).save_pretrained(folder)
    return folder


def write_kandinsky22_prior(folder: Path) -> Path:
    """What turns a prompt into the embedding of a picture."""
    import torch
    from diffusers import KandinskyV22PriorPipeline, PriorTransformer, UnCLIPScheduler
    from transformers import CLIPImageProcessorPil, CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(27)
    tokenizer = clip_tokenizer(LENGTH)
    prior = PriorTransformer(num_attention_heads=2, attention_head_dim=12, embedding_dim=32, num_layers=1)
    torch.nn.init.ones_(prior.clip_std)  # noughts would make every embedding the same
    KandinskyV22PriorPipeline(
        prior=prior,
        image_encoder=CLIPVisionModelWithProjection(CLIPVisionConfig(**clip_vision_sizes(), projection_dim=32)),
        text_encoder=_clip_text(tokenizer, projected=True),
        tokenizer=tokenizer,
        scheduler=UnCLIPScheduler(
            variance_type="fixed_small_log", prediction_type="sample", clip_sample=True, clip_sample_range=10.0
        ),
        image_processor=CLIPImageProcessorPil(size={"shortest_edge": SIZE}, crop_size={"height": SIZE, "width": SIZE}),
    ).save_pretrained(folder)
    return folder


def write_kandinsky22_decoder(folder: Path, prior: str) -> Path:
    """What draws an embedding; its card names the ``prior``, as those on the hub do."""
    import torch
    from diffusers import DDIMScheduler, KandinskyV22Pipeline

    torch.manual_seed(28)
    KandinskyV22Pipeline(
        unet=_unet(
            out_channels=8,
            block_out_channels=(8, 16),
            down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
            up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
            mid_block_type="UNetMidBlock2DSimpleCrossAttn",
            addition_embed_type="image",
            encoder_hid_dim=32,
            encoder_hid_dim_type="image_proj",
            cross_attention_dim=16,
            attention_head_dim=4,
            resnet_time_scale_shift="scale_shift",
        ),
        scheduler=DDIMScheduler(beta_schedule="linear", clip_sample=False, steps_offset=1),
        movq=_movq(),
    ).save_pretrained(folder)
    (folder / "README.md").write_text(f"---\nlicense: apache-2.0\nprior:\n- {prior}\n---\n# A decoder\n")
    return folder


def write_kandinsky22(folder: Path) -> Path:
    """Both parts, the prior in a folder of its own."""
    return write_kandinsky22_decoder(folder / "decoder", str(write_kandinsky22_prior(folder / "prior")))


PAINTERS = {
    "sd": write_sd,
    "sdxl": write_sdxl,
    "sd3": write_sd3,
    "flux": write_flux,
    "pixart": write_pixart,
    "kandinsky22": write_kandinsky22,
    "kandinsky3": write_kandinsky3,
}
