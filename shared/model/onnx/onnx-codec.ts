import { z } from 'zod';
import { modelMessage } from './onnx-schema.ts';

const bytes = z.custom<Uint8Array>((value) => ArrayBuffer.isView(value));
const attribute = z.object({
  name: z.string(),
  type: z.int(),
  i: z.number().optional(),
  s: bytes.optional(),
  floats: z.array(z.number()).optional(),
  ints: z.array(z.number()).optional(),
  strings: z.array(bytes).optional(),
});
const node = z.object({
  name: z.string().optional(),
  opType: z.string(),
  domain: z.string().optional(),
  input: z.array(z.string()),
  output: z.array(z.string()),
  attribute: z.array(attribute).optional(),
});
const tensor = z.object({
  name: z.string(),
  dataType: z.int(),
  dims: z.array(z.number()).optional(),
  floatData: z.array(z.number()).optional(),
});
const dimension = z.object({ dimValue: z.number().optional(), dimParam: z.string().optional() });
const valueInfo = z.object({
  name: z.string(),
  type: z.object({
    tensorType: z.object({ elemType: z.int(), shape: z.object({ dim: z.array(dimension) }) }),
  }),
});
const onnxModel = z.object({
  irVersion: z.number(),
  producerName: z.string().optional(),
  producerVersion: z.string().optional(),
  opsetImport: z.array(z.object({ domain: z.string().optional(), version: z.number() })),
  graph: z.object({
    name: z.string(),
    node: z.array(node),
    initializer: z.array(tensor).optional(),
    input: z.array(valueInfo),
    output: z.array(valueInfo),
  }),
});
export type OnnxModel = z.infer<typeof onnxModel>;
export type OnnxNode = z.infer<typeof node>;
export type OnnxAttribute = z.infer<typeof attribute>;

/** Protocol Buffers bytes of a model. Fields are written in the order of their numbers: the same model gives the same bytes. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const fault = modelMessage.verify(model);
  if (fault !== null) throw new Error(`This is not an ONNX model: ${fault}`);
  return modelMessage.encode(modelMessage.fromObject(model)).finish();
}

/** Reads the parts of an ONNX model that tree models use. Throws for bytes that are none. */
export function decodeOnnx(encoded: Uint8Array): OnnxModel {
  return onnxModel.parse(modelMessage.toObject(modelMessage.decode(encoded), { longs: Number }));
}
