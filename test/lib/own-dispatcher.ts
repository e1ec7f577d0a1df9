// Node installs its process-wide dispatcher when its fetch is first looked at, as discord.js does in the ingress. Our
// undici installs its own only where there is none, and that one refuses the uploads of discord.js. Where a test has a
// real worker beside the ingress, ours could come first.
void new Headers();
