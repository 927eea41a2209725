/** Reads an output "found" [N, boxes, 6]: the centre and size of a box in 0..1, its score, and the number of its class. */
export default function readFound({ found }, { count, input }) {
  const [, boxes, columns] = found.shape;
  return Array.from({ length: count }, (_, image) =>
    Array.from({ length: boxes }, (_, row) => {
      const start = (image * boxes + row) * columns;
      const [x, y, width, height, score, label] = found.data.subarray(start, start + columns);
      return {
        label: Math.round(label),
        score,
        box: {
          x: (x - width / 2) * input.width,
          y: (y - height / 2) * input.height,
          width: width * input.width,
          height: height * input.height,
        },
      };
    }),
  );
}
