/**
 * Starts work on what a source yields, at most `limit` pieces at a time, and yields the results in the source's order.
 * When the caller leaves the loop or a piece fails, nothing new is started, and what is under way is waited for.
 */
export async function* inOrder<In, Out>(
  source: AsyncIterable<In> | Iterable<In>,
  limit: number,
  work: (value: In) => Promise<Out>,
): AsyncGenerator<Out, void, void> {
  const values = iterate(source);
  const underWay: Promise<Out>[] = [];
  let more = true;
  try {
    for (;;) {
      while (more && underWay.length < limit) {
        const next = await values.next();
        if (next.done === true) more = false;
        else {
          const piece = work(next.value);
          // Failures are met in order, by the loop; without this, an early one of a later piece would be unhandled.
          piece.catch(() => undefined);
          underWay.push(piece);
        }
      }
      const first = underWay.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await Promise.allSettled(underWay);
    await values.return(undefined);
  }
}

async function* iterate<T>(source: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, void, void> {
  yield* source;
}
