import { jest } from 'bun:test'

/** Timers run by `jest.advanceTimersByTime` alone, until the act is over. */
export const inFakeTime = async (act: () => Promise<void> | void): Promise<void> => {
  jest.useFakeTimers()
  try {
    await act()
  } finally {
    jest.useRealTimers()
  }
}
