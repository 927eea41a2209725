import protobuf from 'protobufjs/light.js';

/**
 * The part of the ONNX protobuf schema that is written and read here, in protobufjs' reflection form. Field numbers
 * and enum values are those of `onnx/onnx.proto` (https://onnx.ai/onnx/repo-docs/IR.html); fields that are not listed
 * are skipped when reading.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: { id: 1, type: 'int64' },
        producerName: { id: 2, type: 'string' },
        producerVersion: { id: 3, type: 'string' },
        graph: { id: 7, type: 'Graph' },
        opsetImport: { id: 8, rule: 'repeated', type: 'OperatorSetId' },
        metadataProps: { id: 14, rule: 'repeated', type: 'StringStringEntry' },
      },
    },
    OperatorSetId: { fields: { domain: { id: 1, type: 'string' }, version: { id: 2, type: 'int64' } } },
    StringStringEntry: { fields: { key: { id: 1, type: 'string' }, value: { id: 2, type: 'string' } } },
    Graph: {
      fields: {
        node: { id: 1, rule: 'repeated', type: 'Node' },
        name: { id: 2, type: 'string' },
        initializer: { id: 5, rule: 'repeated', type: 'Tensor' },
        input: { id: 11, rule: 'repeated', type: 'ValueInfo' },
        output: { id: 12, rule: 'repeated', type: 'ValueInfo' },
      },
    },
    Node: {
      fields: {
        input: { id: 1, rule: 'repeated', type: 'string' },
        output: { id: 2, rule: 'repeated', type: 'string' },
        name: { id: 3, type: 'string' },
        opType: { id: 4, type: 'string' },
        attribute: { id: 5, rule: 'repeated', type: 'Attribute' },
        domain: { id: 7, type: 'string' },
      },
    },
    Attribute: {
      fields: {
        name: { id: 1, type: 'string' },
        f: { id: 2, type: 'float' },
        i: { id: 3, type: 'int64' },
        s: { id: 4, type: 'bytes' },
        t: { id: 5, type: 'Tensor' },
        g: { id: 6, type: 'Graph' },
        floats: { id: 7, rule: 'repeated', type: 'float' },
        ints: { id: 8, rule: 'repeated', type: 'int64' },
        strings: { id: 9, rule: 'repeated', type: 'bytes' },
        type: { id: 20, type: 'int32' },
      },
    },
    Tensor: {
      fields: {
        dims: { id: 1, rule: 'repeated', type: 'int64' },
        dataType: { id: 2, type: 'int32' },
        name: { id: 8, type: 'string' },
        rawData: { id: 9, type: 'bytes' },
      },
    },
    ValueInfo: { fields: { name: { id: 1, type: 'string' }, type: { id: 2, type: 'Type' } } },
    Type: { fields: { tensorType: { id: 1, type: 'TensorType' } } },
    TensorType: { fields: { elemType: { id: 1, type: 'int32' }, shape: { id: 2, type: 'Shape' } } },
    Shape: { fields: { dim: { id: 1, rule: 'repeated', type: 'Dimension' } } },
    Dimension: {
      oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
      fields: { dimValue: { id: 1, type: 'int64' }, dimParam: { id: 2, type: 'string' } },
    },

    // What a model says about itself, without nodes and without the values of its weights.
    ModelHeader: {
      fields: {
        irVersion: { id: 1, type: 'int64' },
        producerName: { id: 2, type: 'string' },
        producerVersion: { id: 3, type: 'string' },
        graph: { id: 7, type: 'GraphHeader' },
        opsetImport: { id: 8, rule: 'repeated', type: 'OperatorSetId' },
        metadataProps: { id: 14, rule: 'repeated', type: 'StringStringEntry' },
      },
    },
    GraphHeader: {
      fields: {
        initializer: { id: 5, rule: 'repeated', type: 'TensorHeader' },
        input: { id: 11, rule: 'repeated', type: 'ValueInfo' },
        output: { id: 12, rule: 'repeated', type: 'ValueInfo' },
      },
    },
    TensorHeader: {
      fields: {
        name: { id: 8, type: 'string' },
        externalData: { id: 13, rule: 'repeated', type: 'StringStringEntry' },
      },
    },
  },
});

/** Codec of a whole ModelProto. */
export const modelType = root.lookupType('Model');

/** Codec of a ModelProto that passes over nodes and weights. */
export const modelHeaderType = root.lookupType('ModelHeader');

/** `AttributeProto.AttributeType`. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;
