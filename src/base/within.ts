/** Resolves to undefined if the promise has not settled in time. Its later failure is not reported. */
export const within = <T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> => {
  const { promise: first, resolve, reject } = Promise.withResolvers<T | undefined>()
  const timer = setTimeout(() => resolve(undefined), milliseconds)
  const stop = (): void => clearTimeout(timer)
  promise.then(stop, stop)
  promise.then(resolve, reject)
  return first
}
