"""Runs a command on a pseudo-terminal of 24 rows and COLUMNS_OF_TERMINAL (80) columns: its screen on our stdout, our stdin as its keyboard."""
import fcntl, os, pty, select, struct, sys, termios

columns = int(os.environ.pop("COLUMNS_OF_TERMINAL", "80"))
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
keyboard = [0]
while True:
    ready, _, _ = select.select([master, *keyboard], [], [])
    if 0 in ready:
        typed = os.read(0, 65536)
        if not typed:
            keyboard = []
        while typed:
            typed = typed[os.write(master, typed):]
    if master in ready:
        try:
            shown = os.read(master, 65536)
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
