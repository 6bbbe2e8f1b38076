/**
 * How long somebody will wait, and how well that is known. Pure.
 *
 * With `ahead` requests before it, a request is taken after `ahead + 1` advisors have become free. With `staff` advisors at
 * work, each of whom takes `handlingMs` a call, one becomes free every `handlingMs / staff` on average. This is the
 * queue-length estimator QL of Whitt, "Predicting Queueing Delays" (Management Science 45, 1999) and of Ibrahim and Whitt,
 * "Real-time delay estimation in overloaded multiserver queues with abandonments" (Management Science 55, 2009), without
 * abandonment. If calls end at random (exponential times), the wait has the Erlang distribution of k = ahead + 1 and that
 * rate; its quantiles are told as the uncertainty, by the approximation of Wilson and Hilferty.
 */

export interface Wait {
  readonly expectedMs: number
  /** Eight of ten waits lie between these two. */
  readonly earliestMs: number
  readonly latestMs: number
}

/** 10 % and 90 % of the normal distribution. */
const z = 1.2816

/** @returns undefined when nobody is at work: then nothing can be said. */
export function estimateWait(ahead: number, staff: number, handlingMs: number): Wait | undefined {
  if (staff < 1) return undefined
  const k = ahead + 1
  const everyMs = handlingMs / staff
  const quantile = (deviation: number) => k * Math.max(0, 1 - 1 / (9 * k) + deviation / (3 * Math.sqrt(k))) ** 3
  return {
    expectedMs: Math.round(k * everyMs),
    earliestMs: Math.round(quantile(-z) * everyMs),
    latestMs: Math.round(quantile(z) * everyMs),
  }
}
