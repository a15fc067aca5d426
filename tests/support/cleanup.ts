const cleanups: (() => Promise<void>)[] = []

/** Ends what a test has started, whatever becomes of the test. */
export const afterTest = (cleanup: () => Promise<void> | void): void => {
  cleanups.push(async () => cleanup())
}

/** The last that was started ends first. */
export const cleanUp = async (): Promise<void> => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}
