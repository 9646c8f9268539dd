"""The classes of Keras itself that a config may name when TensorFlow is to build it.

Lambda, TFSMLayer, the layers that carry another framework's code, and wrappers around a function
or a device are left out on purpose. A test holds the lists against the installed Keras.
"""

_BOTH = """
    Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average
    AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D
    BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D
    Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D
    ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose
    Convolution3D Convolution3DTranspose Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D
    DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Flatten GRU GRUCell
    GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
    GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D
    GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    GroupNormalization HashedCrossing Hashing Identity InputLayer IntegerLookup LSTM LSTMCell
    LayerNormalization LeakyReLU Masking MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D
    MaxPooling3D Maximum Minimum MultiHeadAttention Multiply Normalization PReLU Permute RNN
    RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation RandomTranslation
    RandomZoom ReLU RepeatVector Rescaling Reshape Resizing SeparableConv1D SeparableConv2D
    SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax
    SpatialDropout1D SpatialDropout2D SpatialDropout3D StackedRNNCells StringLookup Subtract
    TextVectorization TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D
    ZeroPadding1D ZeroPadding2D ZeroPadding3D
"""
_ONLY_3 = """
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
    AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D AugMix AutoContrast
    ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization GroupQueryAttention
    GroupedQueryAttention MaxNumBoundingBoxes MelSpectrogram MixUp Pipeline RMSNormalization
    RandAugment RandomColorDegeneration RandomColorJitter RandomElasticTransform RandomErasing
    RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective
    RandomPosterization RandomSaturation RandomSharpness RandomShear ReversibleEmbedding
    STFTSpectrogram Solarization SpectralNormalization TFDConcat TFDIdentity
"""
_ONLY_2 = """
    BatchNormalizationV1 BatchNormalizationV2 CuDNNGRU CuDNNLSTM GRUCellV1 GRUCellV2 GRUV1 GRUV2
    LSTMCellV1 LSTMCellV2 LSTMV1 LSTMV2 LocallyConnected1D LocallyConnected2D RandomHeight
    RandomWidth SlicingOpLambda SpectralNormalization SyncBatchNormalization TFOpLambda
    ThresholdedReLU
"""
_TF_FUNCTIONS = """
    abs acos acosh add add_n argmax argmin argsort asin asinh atan atan2 atanh boolean_mask
    broadcast_to cast clip_by_value concat convert_to_tensor cos cosh cumsum divide einsum equal
    exp expand_dims eye fill floor gather gather_nd greater greater_equal identity less less_equal
    linspace logical_and logical_not logical_or matmul maximum minimum multiply negative norm
    not_equal one_hot ones ones_like pad pow range rank realdiv reduce_all reduce_any
    reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum repeat reshape
    reverse roll round searchsorted sequence_mask shape sigmoid sign sin sinh size slice sort
    space_to_batch split sqrt square squeeze stack stop_gradient strided_slice subtract tan tanh
    tensordot tile transpose truediv unstack where zeros zeros_like
"""

LAYERS_OF_3 = frozenset(_BOTH.split()) | frozenset(_ONLY_3.split())
"""Layers of ``keras`` 3."""

LAYERS_OF_2 = frozenset(_BOTH.split()) | frozenset(_ONLY_2.split())
"""Layers of ``tf_keras``."""

MODULES_OF_3 = dict.fromkeys(
    ("TFDConcat", "TFDIdentity"), "keras.src.layers.preprocessing.feature_space"
)
"""Where ``keras`` 3 has the layers that ``keras.layers`` does not export."""

CODE_LAYERS = frozenset({"Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper"})
"""Layers that carry code or point to it."""

FUNCTIONAL = frozenset({"Functional", "Model", "Network", "Container"})
"""Functional models, which older Keras called by other names."""

MODELS = FUNCTIONAL | {"Sequential"}
"""Models whose config tells their layers."""

PLAIN_OBJECTS = frozenset(
    {
        "DTypePolicy", "FloatDTypePolicy", "DTypePolicyMap", "QuantizedDTypePolicy",
        "QuantizedFloat8DTypePolicy", "Int4DTypePolicy", "AWQDTypePolicy", "GPTQDTypePolicy",
        "Policy", "AbsMaxQuantizer", "QuantizationConfig", "Float8QuantizationConfig",
        "Int4QuantizationConfig", "Int8QuantizationConfig", "AWQConfig", "GPTQConfig",
        "SeedGenerator", "__keras_tensor__", "__slice__", "__tuple__", "__ellipsis__",
        "__numpy__", "__tensor__", "__bytes__",
    }
)  # fmt: skip
"""What stands in a layer's config beside layers: policies, quantizers, plain values."""

FUNCTION_OPS = frozenset(
    {"Map", "Scan", "AssociativeScan", "Switch", "WhileLoop", "ForiLoop", "Cond", "VectorizedMap",
     "JVP", "Function"}
)  # fmt: skip
"""Ops of ``keras`` 3 that take a function."""

TF_FUNCTIONS = frozenset(_TF_FUNCTIONS.split())
"""Functions at TensorFlow's top level that only compute (op layers of Keras 2)."""
