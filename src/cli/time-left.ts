/** `about 12 s left`, `about 3 min left`, `about 2 h 5 min left`. */
export function timeLeft(seconds: number): string {
  return `about ${duration(seconds)} left`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
