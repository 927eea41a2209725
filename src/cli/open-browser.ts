import { platform } from 'node:process';
import open from 'open';

/**
 * Opens an address in the user's browser, where there is one: not over a remote shell or in a container without a
 * screen, and not with BROWSER=none.
 *
 * @returns whether it was tried
 */
export async function openBrowser(address: string): Promise<boolean> {
  if (!hasScreen()) return false;
  try {
    const browser = await open(address);
    browser.on('error', () => undefined);
    return true;
  } catch {
    return false;
  }
}

/** Whether there is a screen that a browser can open on, as far as the environment says. */
export function hasScreen(): boolean {
  const { BROWSER, DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME } = process.env;
  const screen =
    platform === 'darwin' || platform === 'win32' || Boolean(DISPLAY ?? WAYLAND_DISPLAY ?? WSL_DISTRO_NAME);
  return screen && BROWSER !== 'none';
}
