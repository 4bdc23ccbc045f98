// libfreerdp 2.11's rdp_client_connect() sleeps 100 ms after each step of the handshake, about one second in all; it
// does so through winpr's exported Sleep(). A definition in the executable itself takes the symbol's place for every
// library of the process, so an executable that links these objects connects in a few milliseconds a step. It has to be
// an object on the executable's link line (an archive member that nobody asks for is left out) and the executable must
// export it (-rdynamic). FreeRDP 3 waits for events instead and does not need this.
#include <unistd.h>

extern "C" void Sleep(unsigned int milliseconds) {
  const unsigned int shortened = milliseconds == 100 ? 2 : milliseconds;
  usleep(shortened * 1000);
}
