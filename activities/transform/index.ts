// Transform Result Scripts and custom data fields: the parts that workers and the configuration check use.
export { checkScript, type ScriptProblem } from './check-script';
export { DEFAULT_TRANSFORM_LIMITS, type TransformLimits } from './limits';
export {
  createTransformer,
  type TransformError,
  type Transformer,
  type TransformerOptions,
  type TransformInput,
  type TransformOutput,
} from './transformer';
