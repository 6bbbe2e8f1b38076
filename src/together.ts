/** Opens two resources at the same time: a node that comes back is waited for by everybody it had. */

/** @throws the first error, after what was opened is closed again. */
export async function together<A extends AsyncDisposable, B extends AsyncDisposable>(
  first: Promise<A>,
  second: Promise<B>,
): Promise<[A, B]> {
  const settled = await Promise.allSettled([first, second])
  const [a, b] = settled
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value]
  for (const opened of settled) if (opened.status === 'fulfilled') await opened.value[Symbol.asyncDispose]()
  throw a.status === 'rejected' ? a.reason : (b as PromiseRejectedResult).reason
}
