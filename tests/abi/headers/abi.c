#include <gatehouse/abi.h>
