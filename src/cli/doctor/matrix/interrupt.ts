/** Aborts with Ctrl-C or SIGTERM, which then end the command in order. Dispose of it to restore the usual effect. */
export const interruptSignal = (): Disposable & { readonly signal: AbortSignal } => {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.once(name, abort)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of signals) process.off(name, abort)
    },
  }
}
