import type { IrModel } from './ir/model.js';
import { isParameter } from './translate/endpoints.js';

/**
 * What a model says of itself, as keys and values:
 *
 * - `datum.format`: `openvino-ir`; `datum.ir-version`: `3` to `11`; `datum.name`: the model's name;
 * - `model_info.labels`, `model_info.mean_values`, `conversion_parameters.framework`...: `rt_info`, by path, as stored;
 * - `meta_data.cli_parameters.reverse_input_channels`...: the same of v3 to v10;
 * - `layout.<input>`: the layout of an input where the file tells it, such as `[N,C,H,W]`.
 */
export function metadataOf(model: IrModel): Record<string, string> {
  const layouts = model.layers.filter(isParameter).flatMap((layer) => {
    const layout = layer.runtimeInfo['layout.layout'];
    return layout === undefined ? [] : [[`layout.${layer.name}`, layout] as const];
  });
  return {
    'datum.format': 'openvino-ir',
    'datum.ir-version': String(model.version),
    'datum.name': model.name,
    ...Object.fromEntries(layouts),
    ...model.metadata,
  };
}
