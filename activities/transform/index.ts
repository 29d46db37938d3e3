// Transform Result Scripts and custom data fields: the parts that workers and the configuration check use.
export { checkScript, type ScriptProblem } from './check-script';
export type { TransformLimits } from './limits';
export {
  createTransformer,
  type Transformer,
  type TransformerOptions,
  type TransformInput,
  type TransformOutput,
} from './transformer';
export type { TransformError } from './script-result';
