/** Settles like the promise, or resolves to undefined if it has not settled in time. */
export const inTime = <T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> => {
  const { promise: first, resolve, reject } = Promise.withResolvers<T | undefined>()
  // If this process was busy, the answer may already wait in the socket: read it before the verdict.
  const timer = setTimeout(() => setImmediate(() => setImmediate(resolve, undefined)), milliseconds)
  promise.then(
    (value) => {
      clearTimeout(timer)
      resolve(value)
    },
    (reason: unknown) => {
      clearTimeout(timer)
      reject(reason)
    },
  )
  return first
}
