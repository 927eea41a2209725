/* global AbortController */
/** Runs many commands in one process, one after the other: each message is the arguments of one. */
const [, , dist] = process.argv;
const { main } = await import(`${dist}/cli/main.js`);
const { outputTo } = await import(`${dist}/cli/io.js`);

process.on('message', ({ args, cwd }) => {
  process.chdir(cwd);
  const said = { stdout: '', stderr: '' };
  const sink = (name) => ({
    write(text) {
      said[name] += text;
    },
  });
  const io = {
    stdout: outputTo(sink('stdout')),
    stderr: outputTo(sink('stderr')),
    signal: new AbortController().signal,
  };
  main(args, io).then((code) => {
    process.send({ code, ...said });
  });
});
process.send('ready');
