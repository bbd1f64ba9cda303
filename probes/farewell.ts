import type { Socket } from 'node:net';

/** Says a last word (`QUIT`), waits for any answer at most so long (ms), and closes. Never rejects. */
export async function sayFarewell(
  socket: Socket,
  text: string,
  milliseconds: number,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    socket.once('data', done).once('end', done).once('close', done);
    socket.resume();
    socket.write(text);
  });
  socket.destroy();
}
